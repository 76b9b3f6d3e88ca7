import type { Endpoint } from '../endpoint.ts';
import { checkProxy, proxyAuthorization } from '../proxy.ts';

/** Where the requests for an endpoint are sent, worked out once. */
export interface Route {
  /** TLS to the server; a proxy on the way is then the matter of the agent, which tunnels through it. */
  readonly isTls: boolean;
  readonly host: string;
  readonly port: number;
  /** What a request's path is appended to. */
  readonly prefix: string;
  /** What the way asks for, over and above the request. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * An `http:` server behind a proxy is asked for by its whole URL at the proxy; everything else is sent to the server.
 *
 * @throws KubeApiError `InvalidConfig` for a proxy that cannot serve this server
 */
export const routeTo = ({ server, proxyUrl }: Endpoint): Route => {
  const path = server.pathname.replace(/\/+$/, '');
  const isTls = server.protocol === 'https:';
  if (proxyUrl) checkProxy(proxyUrl, server);
  if (!proxyUrl || isTls) return { isTls, ...addressOf(server), prefix: path, headers: {} };
  const headers = { host: server.host, ...proxyAuthorization(proxyUrl) };
  return { isTls, ...addressOf(proxyUrl), prefix: `http://${server.host}${path}`, headers };
};

/** `URL` keeps the brackets of an IPv6 address, sockets do not want them, and leaves the usual port out. */
const addressOf = (url: URL): { host: string; port: number } => ({
  host: url.hostname.replace(/^\[|\]$/g, ''),
  port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
});
