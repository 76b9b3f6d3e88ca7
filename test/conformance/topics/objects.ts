/** The smallest objects of their kinds, for cases to build on. */
type Json = Readonly<Record<string, unknown>>;

export const configMap = (name: string, rest: Json = {}, metadata: Json = {}): Json => ({
  metadata: { name, ...metadata },
  ...rest,
});

export const podSpec = (spec: Json = {}): Json => ({ containers: [{ name: 'main', image: 'web:1' }], ...spec });

export const pod = (name: string, spec: Json = {}, metadata: Json = {}): Json => ({
  metadata: { name, ...metadata },
  spec: podSpec(spec),
});

export const deployment = (name: string, spec: Json = {}, metadata: Json = {}): Json => ({
  metadata: { name, ...metadata },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: podSpec() },
    ...spec,
  },
});
