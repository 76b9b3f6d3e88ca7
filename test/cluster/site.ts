import type { Client } from '@kube-steward/kube';
import type { Programs } from './programs.ts';

/** What the parts of a cluster are started with, once the API server is up. */
export interface Site {
  readonly programs: Programs;
  /** May do everything. */
  readonly admin: Client;
  /** The path of a kubeconfig for a user. */
  readonly kubeconfig: (user: string) => string;
}
