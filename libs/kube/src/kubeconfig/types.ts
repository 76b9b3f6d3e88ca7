/** What a kubeconfig says of a cluster, in its own words. */
export interface ClusterConfig {
  readonly server?: string | undefined;
  readonly 'certificate-authority'?: string | undefined;
  readonly 'certificate-authority-data'?: string | undefined;
  readonly 'insecure-skip-tls-verify'?: boolean | undefined;
  readonly 'tls-server-name'?: string | undefined;
  readonly 'proxy-url'?: string | undefined;
  readonly extensions?: readonly { readonly name: string; readonly extension?: unknown }[] | undefined;
}

/** A program that prints credentials. */
export interface ExecConfig {
  readonly apiVersion?: string | undefined;
  readonly command?: string | undefined;
  readonly args?: readonly string[] | null | undefined;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null | undefined;
  readonly installHint?: string | undefined;
  readonly provideClusterInfo?: boolean | undefined;
  readonly interactiveMode?: 'Never' | 'IfAvailable' | 'Always' | undefined;
}

export interface UserConfig {
  readonly token?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly 'client-certificate'?: string | undefined;
  readonly 'client-certificate-data'?: string | undefined;
  readonly 'client-key'?: string | undefined;
  readonly 'client-key-data'?: string | undefined;
  readonly exec?: ExecConfig | undefined;
  readonly 'auth-provider'?: { readonly name?: string; readonly config?: Record<string, unknown> } | undefined;
  readonly as?: string | undefined;
  readonly 'as-uid'?: string | undefined;
  readonly 'as-groups'?: readonly string[] | undefined;
  readonly 'as-user-extra'?: Readonly<Record<string, readonly string[]>> | undefined;
}

export interface ContextConfig {
  readonly cluster?: string | undefined;
  readonly user?: string | undefined;
  readonly namespace?: string | undefined;
}

/** An entry and the folder its relative paths start from. */
export interface Located<T> {
  readonly value: T;
  readonly folder: string;
}

/** One or several kubeconfig files as one. */
export interface KubeconfigContent {
  /** The files it was read from, for messages. */
  readonly files: readonly string[];
  readonly currentContext: string;
  readonly clusters: ReadonlyMap<string, Located<ClusterConfig>>;
  readonly users: ReadonlyMap<string, Located<UserConfig>>;
  readonly contexts: ReadonlyMap<string, Located<ContextConfig>>;
}

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;
