import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';

import type { TlsIdentity } from './endpoint.ts';
import { KubeApiError } from './errors.ts';

/** `Proxy-Authorization` for the user and password in the proxy's URL; nothing when it names none. */
export const proxyAuthorization = (proxy: URL): Record<string, string> => {
  if (!proxy.username) return {};
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
};

/** The proxy as people may see it: without its password. */
const proxyName = (proxy: URL): string => `${proxy.protocol}//${proxy.host}`;

/** @throws KubeApiError `InvalidConfig` for a proxy that is neither `http:` nor `https:`, or cannot serve this server */
export const checkProxy = (proxy: URL, server: URL): void => {
  const isKnown = proxy.protocol === 'http:' || proxy.protocol === 'https:';
  if (isKnown && !(proxy.protocol === 'https:' && server.protocol === 'http:')) return;
  const why = isKnown ? 'an http:// server needs an http:// proxy' : 'only http:// and https:// proxies are supported';
  throw new KubeApiError('InvalidConfig', `proxy ${proxyName(proxy)}: ${why}`);
};

/** Where a tunnel leads, and whom to trust on the way when the proxy itself speaks TLS: those trusted for the server. */
export interface TunnelTarget {
  readonly host: string;
  readonly port: number;
  readonly tls: Pick<TlsIdentity, 'ca' | 'rejectUnauthorized'>;
}

/**
 * Asks the proxy for a connection to `host:port` (`CONNECT`). Calls back once, with the connection or with a KubeApiError.
 *
 * @returns gives the attempt up; then nothing is called back
 */
export const openTunnel = (
  proxy: URL,
  target: TunnelTarget,
  callback: (error: KubeApiError | undefined, socket?: Duplex) => void,
): (() => void) => {
  const authority = `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`;
  const request = (proxy.protocol === 'https:' ? https : http).request({
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...proxyAuthorization(proxy) },
    agent: false,
    ...(proxy.protocol === 'https:' ? target.tls : {}),
  });
  const fail = (message: string, cause?: unknown): void =>
    callback(new KubeApiError('Network', `proxy ${proxyName(proxy)}: ${message}`, { cause }));
  let isDone = false;
  const once = (action: () => void): void => {
    if (isDone) return;
    isDone = true;
    action();
  };
  const refuse = (status: number | undefined): void => {
    request.destroy();
    once(() => fail(`refused to connect to ${authority}: ${status}${status === 407 ? ' (asks for a user)' : ''}`));
  };
  request.on('connect', (response, socket, head) => {
    if (head.length > 0) socket.unshift(head);
    if (response.statusCode === 200) once(() => callback(undefined, socket));
    else {
      socket.destroy();
      refuse(response.statusCode);
    }
  });
  request.on('response', (response) => refuse(response.statusCode));
  request.on('error', (error) => once(() => fail(error.message || 'no connection', error)));
  request.end();
  return () => {
    isDone = true;
    request.destroy();
  };
};
