import http from 'node:http';
import t from 'tap';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { startSandbox, type Sandbox } from '../../src/index.ts';
import { at, type Ending, makeCluster, R } from './world.ts';

/** A value on the wire: a message is a list of its fields. */
type Value = string | number | boolean | Buffer | readonly (readonly [number: number, value: Value])[];

const encoded = (fields: readonly (readonly [number: number, value: Value])[]): Uint8Array => {
  const writer = new BinaryWriter();
  for (const [number, value] of fields) write(writer, number, value);
  return writer.finish();
};

const write = (writer: BinaryWriter, number: number, value: Value): void => {
  if (typeof value === 'string') writer.tag(number, WireType.LengthDelimited).string(value);
  else if (typeof value === 'number') writer.tag(number, WireType.Varint).int64(value);
  else if (typeof value === 'boolean') writer.tag(number, WireType.Varint).bool(value);
  else writer.tag(number, WireType.LengthDelimited).bytes(Buffer.isBuffer(value) ? value : encoded(value));
};

/** The body of a request, as client-go sends it. */
const body = (apiVersion: string, kind: string, fields: readonly (readonly [number: number, value: Value])[]): Buffer =>
  Buffer.concat([
    Buffer.from('k8s\0'),
    encoded([
      [
        1,
        [
          [1, apiVersion],
          [2, kind],
        ],
      ],
      [2, Buffer.from(encoded(fields))],
      [3, ''],
      [4, ''],
    ]),
  ]);

const serve = async (t: Ending) => {
  const { cluster, clock } = makeCluster();
  const sandbox = await startSandbox({ clock, cluster });
  t.teardown(() => sandbox.stop());
  return { cluster, sandbox };
};

const send = (
  sandbox: Sandbox,
  method: string,
  path: string,
  bytes: Buffer,
): Promise<{ code: number; body: unknown }> =>
  new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/vnd.kubernetes.protobuf',
      'content-length': bytes.length,
      accept: 'application/vnd.kubernetes.protobuf,application/json',
    };
    const request = http.request(sandbox.url + path, { method, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ code: response.statusCode ?? 0, body: JSON.parse(text) as unknown }));
    });
    request.on('error', reject);
    request.end(bytes);
  });

const metadata: Value = [
  [1, 'web'],
  [2, ''],
  [8, []],
  [
    11,
    [
      [1, 'b'],
      [2, '2'],
    ],
  ],
  [
    11,
    [
      [1, 'a'],
      [2, '1'],
    ],
  ],
];

t.test('an object in protobuf is stored as the same in JSON', async (t) => {
  const { cluster, sandbox } = await serve(t);
  const container: Value = [
    [1, 'main'],
    [2, 'web:1'],
    [
      6,
      [
        [1, 'http'],
        [2, 0],
        [3, 8080],
      ],
    ],
    [
      8,
      [
        [
          1,
          [
            [1, 'cpu'],
            [2, [[1, '500m']]],
          ],
        ],
      ],
    ],
    [
      11,
      [
        [
          1,
          [
            [
              2,
              [
                [1, '/ready'],
                [
                  2,
                  [
                    [1, 1],
                    [2, 0],
                    [3, 'http'],
                  ],
                ],
              ],
            ],
          ],
        ],
        [2, 5],
      ],
    ],
    [16, false],
  ];
  const template: Value = [
    [
      1,
      [
        [
          11,
          [
            [1, 'app'],
            [2, 'web'],
          ],
        ],
      ],
    ],
    [
      2,
      [
        [
          1,
          [
            [1, 'config'],
            [2, [[19, [[1, [[1, 'settings']]]]]]],
          ],
        ],
        [2, container],
      ],
    ],
  ];
  const spec: Value = [
    [1, 0],
    [
      2,
      [
        [
          1,
          [
            [1, 'app'],
            [2, 'web'],
          ],
        ],
      ],
    ],
    [3, template],
    [
      4,
      [
        [1, 'RollingUpdate'],
        [
          2,
          [
            [
              1,
              [
                [1, 0],
                [2, 1],
                [3, ''],
              ],
            ],
            [
              2,
              [
                [1, 1],
                [2, 0],
                [3, '25%'],
              ],
            ],
          ],
        ],
      ],
    ],
    [7, false],
  ];
  const path = '/apis/apps/v1/namespaces/shop/deployments';
  t.equal(
    (
      await send(
        sandbox,
        'POST',
        path,
        body('apps/v1', 'Deployment', [
          [1, metadata],
          [2, spec],
        ]),
      )
    ).code,
    201,
  );
  const stored = cluster.get(R.deployments, { namespace: 'shop', name: 'web' });
  t.match(stored, {
    metadata: { name: 'web', labels: { a: '1', b: '2' }, creationTimestamp: '2026-11-20T10:00:00Z' },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: 'web' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: '25%' } },
      template: { spec: { volumes: [{ name: 'config', configMap: { name: 'settings' } }] } },
    },
  });
  t.notOk(at(stored, 'spec', 'paused'), 'what is false is not there, as in JSON');
  t.match(at(stored, 'spec', 'template', 'spec', 'containers', 0), {
    ports: [{ name: 'http', containerPort: 8080 }],
    resources: { limits: { cpu: '500m' } },
    readinessProbe: { httpGet: { path: '/ready', port: 'http' }, initialDelaySeconds: 5 },
  });
});

t.test('bytes, times, and lists by name', async (t) => {
  const { cluster, sandbox } = await serve(t);
  const secrets = '/api/v1/namespaces/shop/secrets';
  const data: Value = [
    [1, 'key'],
    [2, Buffer.from([0, 255])],
  ];
  await send(
    sandbox,
    'POST',
    secrets,
    body('v1', 'Secret', [
      [1, metadata],
      [2, data],
      [3, 'example.com/x'],
    ]),
  );
  t.match(cluster.get({ ...R.configMaps, plural: 'secrets', kind: 'Secret' }, { namespace: 'shop', name: 'web' }), {
    data: { key: 'AP8=' },
    type: 'example.com/x',
  });
  const leases = '/apis/coordination.k8s.io/v1/namespaces/shop/leases';
  const spec: Value = [
    [1, 'me'],
    [2, 15],
    [
      3,
      [
        [1, 1_700_000_000],
        [2, 123_456_000],
      ],
    ],
  ];
  await send(
    sandbox,
    'POST',
    leases,
    body('coordination.k8s.io/v1', 'Lease', [
      [1, metadata],
      [2, spec],
    ]),
  );
  t.match(cluster.get(R.leases, { namespace: 'shop', name: 'web' }), {
    spec: { holderIdentity: 'me', leaseDurationSeconds: 15, acquireTime: '2023-11-14T22:13:20.123456Z' },
  });
  const reviews = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
  const extra: Value = [
    [1, 'scopes'],
    [
      2,
      [
        [1, 'a'],
        [1, 'b'],
      ],
    ],
  ];
  const answer = await send(
    sandbox,
    'POST',
    reviews,
    body('authorization.k8s.io/v1', 'SubjectAccessReview', [[2, [[5, extra]]]]),
  );
  t.match(answer.body, { spec: { extra: { scopes: ['a', 'b'] } }, status: { allowed: true } });
});

t.test('options of a delete come in protobuf too', async (t) => {
  const { cluster, sandbox } = await serve(t);
  cluster.create(R.configMaps, { metadata: { name: 'a', namespace: 'shop' } });
  const stale = body('apps/v1', 'DeleteOptions', [
    [2, [[1, 'another-uid']]],
    [4, 'Background'],
  ]);
  t.match(await send(sandbox, 'DELETE', '/api/v1/namespaces/shop/configmaps/a', stale), { code: 409 });
  t.equal(cluster.count(R.configMaps), 1);
});

t.test('what is no protobuf, or of no kind, is refused', async (t) => {
  const { sandbox } = await serve(t);
  const path = '/api/v1/namespaces/shop/configmaps';
  t.match(await send(sandbox, 'POST', path, Buffer.from('{"metadata":{}}')), {
    code: 400,
    body: {
      reason: 'BadRequest',
      message: /does not appear to be a protobuf message, expected prefix \[107 56 115 0\]/,
    },
  });
  t.match(await send(sandbox, 'POST', path, body('v9', 'ConfigMap', [])), {
    code: 400,
    body: { message: 'no kind "ConfigMap" is registered for version "v9"' },
  });
  t.match(await send(sandbox, 'POST', path, body('v1', 'ConfigMap', [[1, [[1, 'a']]]]).subarray(0, -6)), { code: 400 });
});
