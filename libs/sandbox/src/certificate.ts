import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

/** A key and the certificate for it, both PEM. */
export interface SelfSigned {
  readonly key: string;
  readonly cert: string;
}

const DAY_MS = 24 * 3600 * 1000;
const LIFETIME_MS = 3650 * DAY_MS;

/**
 * A certificate for the given host names and addresses that is its own authority: trusting it is enough. Written as DER by
 * hand (RFC 5280), since Node can read certificates but not make them. ECDSA P-256 with SHA-256.
 */
export const createSelfSigned = (hosts: readonly string[]): SelfSigned => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicDer = publicKey.export({ type: 'spki', format: 'der' });
  const body = certificateBody(publicDer, hosts);
  const signature = sign('sha256', body, privateKey);
  const certificate = sequence(body, SIGNATURE_ALGORITHM, tagged(0x03, Buffer.from([0]), signature));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: pem('CERTIFICATE', certificate),
  };
};

const tagged = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content]);
};

const lengthOf = (length: number): number[] => {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
};

const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, ...parts);
const octets = (content: Buffer): Buffer => tagged(0x04, content);
const TRUE = tagged(0x01, Buffer.from([0xff]));

/** Object identifiers, encoded. */
const OID = {
  ecdsaWithSha256: tagged(0x06, Buffer.from('2a8648ce3d040302', 'hex')),
  commonName: tagged(0x06, Buffer.from('550403', 'hex')),
  subjectKeyIdentifier: tagged(0x06, Buffer.from('551d0e', 'hex')),
  keyUsage: tagged(0x06, Buffer.from('551d0f', 'hex')),
  subjectAltName: tagged(0x06, Buffer.from('551d11', 'hex')),
  basicConstraints: tagged(0x06, Buffer.from('551d13', 'hex')),
} as const;

const SIGNATURE_ALGORITHM = sequence(OID.ecdsaWithSha256);
const NAME = sequence(tagged(0x31, sequence(OID.commonName, tagged(0x0c, Buffer.from('kube-steward sandbox')))));

/** digitalSignature and keyCertSign. */
const KEY_USAGE = tagged(0x03, Buffer.from([2, 0x84]));

const certificateBody = (publicKey: Buffer, hosts: readonly string[]): Buffer => {
  const now = Date.now();
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 1;
  const keyId = createHash('sha1').update(publicKey).digest();
  return sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, serial),
    SIGNATURE_ALGORITHM,
    NAME,
    sequence(utcTime(now - DAY_MS), utcTime(now + LIFETIME_MS)),
    NAME,
    publicKey,
    tagged(
      0xa3,
      sequence(
        sequence(OID.basicConstraints, TRUE, octets(sequence(TRUE))),
        sequence(OID.keyUsage, TRUE, octets(KEY_USAGE)),
        sequence(OID.subjectKeyIdentifier, octets(octets(keyId))),
        sequence(OID.subjectAltName, octets(sequence(...hosts.map(alternativeName)))),
      ),
    ),
  );
};

const utcTime = (ms: number): Buffer => {
  const text = new Date(ms).toISOString().replace(/[-:T]/g, '');
  return tagged(0x17, Buffer.from(`${text.slice(2, 14)}Z`));
};

const alternativeName = (host: string): Buffer =>
  isIP(host) === 4 ? tagged(0x87, Buffer.from(host.split('.').map(Number))) : tagged(0x82, Buffer.from(host));

const pem = (label: string, der: Buffer): string => {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
};
