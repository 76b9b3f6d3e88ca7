/** What `node:tls` needs to trust the server and to present a client certificate. PEM text or bytes. */
export interface TlsIdentity {
  readonly ca?: string | Buffer | undefined;
  readonly cert?: string | Buffer | undefined;
  readonly key?: string | Buffer | undefined;
  readonly pfx?: string | Buffer | undefined;
  readonly passphrase?: string | undefined;
  /** `false` skips the check of the server's certificate (`insecure-skip-tls-verify`). */
  readonly rejectUnauthorized?: boolean | undefined;
}

/** What one request carries to be let in. */
export interface Credentials {
  /** `Authorization`, `Impersonate-*`. A list of values is sent as that header several times. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly tls: TlsIdentity;
}

/** One API server as one user: where it is, how to be let in, which namespace is meant when none is given. */
export interface Endpoint {
  /** `http:` or `https:`; a path is kept as a prefix of every request (`https://rancher/k8s/clusters/c-1`). */
  readonly server: URL;
  readonly namespace: string;
  /** The kubeconfig context this came from, or `in-cluster`. For messages. */
  readonly contextName: string;
  /** Asked before every request; must be cheap when nothing has changed. */
  credentials(): Promise<Credentials>;
  /** The server answered 401: forget cached credentials, so that the next `credentials()` gets fresh ones. */
  invalidate(): void;
  /** `http:` or `https:` proxy on the way to the server; user and password in the URL are sent as basic credentials. */
  readonly proxyUrl?: URL | undefined;
  /** The name to expect in the server's certificate when it differs from the host in `server`. */
  readonly tlsServerName?: string | undefined;
}
