import { BlockList, isIP } from 'node:net';

import { invalidConfig } from './config-files.ts';
import type { Environment } from './types.ts';

/**
 * The proxy that `HTTPS_PROXY` (for an `https:` server) or `HTTP_PROXY` names, unless `NO_PROXY` exempts the server; either
 * spelling, upper case first. The machine itself is never reached through a proxy.
 *
 * `NO_PROXY` is a list of: `*`; a host or `.domain`, which covers the hosts below it; an address; a network `10.0.0.0/8`; each
 * but the networks may have a `:port`.
 */
export const proxyFromEnvironment = (server: URL, env: Environment): URL | undefined => {
  const names = server.protocol === 'https:' ? ['HTTPS_PROXY', 'https_proxy'] : ['HTTP_PROXY', 'http_proxy'];
  const name = names.find((each) => env[each]);
  const proxy = name === undefined ? undefined : env[name];
  if (name === undefined || proxy === undefined) return undefined;
  if (isExempt(server, env['NO_PROXY'] ?? env['no_proxy'] ?? '')) return undefined;
  return parseProxy(proxy, `$${name}`);
};

/** A proxy's URL; one without scheme is `http:`. `subject` says where it was written. */
export const parseProxy = (text: string, subject: string): URL => {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(url)) throw invalidConfig(`${subject} is not the URL of a proxy`);
  return new URL(url);
};

const isExempt = (server: URL, exemptions: string): boolean => {
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = server.port || (server.protocol === 'https:' ? '443' : '80');
  if (host === 'localhost' || isInNetwork(host, '127.0.0.0/8') || host === '::1') return true;
  return exemptions
    .split(',')
    .map((each) => each.trim().toLowerCase())
    .some((each) => each !== '' && (each === '*' || isInNetwork(host, each) || matchesHost(host, port, each)));
};

const isInNetwork = (host: string, network: string): boolean => {
  const [address = '', bits = ''] = network.split('/');
  const family = isIP(address);
  if (family === 0 || isIP(host) !== family || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) {
    return false;
  }
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return list.check(host, family === 4 ? 'ipv4' : 'ipv6');
};

const matchesHost = (host: string, port: string, exemption: string): boolean => {
  const match = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(exemption);
  const name = match?.[1] ?? match?.[2] ?? exemption;
  if (match?.[3] !== undefined && match[3] !== port) return false;
  const domain = name.replace(/^\*?\./, '');
  return (host === domain && !name.startsWith('.') && !name.startsWith('*.')) || host.endsWith(`.${domain}`);
};
