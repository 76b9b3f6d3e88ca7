import type { KubeObject } from '@kube-steward/kube';
import { cronJob, daemonSet, deployment, scaledObject } from '@kube-steward/sandbox';
import t from 'tap';
import { parse } from 'yaml';
import { adviceOn } from '../src/advice.ts';
import { decideAll } from '../src/decide-all.ts';
import { gitOpsOwnerOf } from '../src/gitops.ts';
import { viewOfManifests } from '../src/view.ts';
import { ownerOf, policy } from './decisions.ts';

const NIGHT = Date.parse('2026-11-20T22:00:00Z');
const ALL = '--include-resources=deployments,cronjobs,daemonsets,scaledobjects';

const adviceAbout = (objects: readonly KubeObject[], ...argv: readonly string[]) => {
  const configured = policy(['--default-uptime=never', ALL, ...argv]);
  const view = viewOfManifests(objects, configured);
  return adviceOn(view, configured, decideAll(view, configured, NIGHT));
};

const argo = (app: string) => ({
  annotations: { 'argocd.argoproj.io/tracking-id': `${app}:apps/Deployment:shop/web` },
});
const flux = (group: string, name = 'apps') => ({
  labels: { [`${group}.toolkit.fluxcd.io/name`]: name, [`${group}.toolkit.fluxcd.io/namespace`]: 'flux-system' },
});

t.test('whose an object is, by the marks on it', (t) => {
  const instance = { labels: { 'app.kubernetes.io/instance': 'shop' } };
  const by = (manager: string) => ({ managedFields: [ownerOf('/spec/replicas', manager)] });
  const rows = [
    [argo('shop'), { tool: 'argocd', by: 'shop' }],
    [{ labels: { 'argocd.argoproj.io/instance': 'shop' } }, { tool: 'argocd', by: 'shop' }],
    [
      { ...instance, ...by('argocd-controller') },
      { tool: 'argocd', by: 'shop' },
    ],
    [
      { ...instance, ...by('argocd-application-controller') },
      { tool: 'argocd', by: 'shop' },
    ],
    [{ ...instance, ...by('helm') }, undefined],
    [instance, undefined],
    [flux('kustomize'), { tool: 'fluxKustomization', by: 'flux-system/apps' }],
    [flux('helm', 'shop'), { tool: 'fluxHelmRelease', by: 'flux-system/shop' }],
    [{}, undefined],
  ] as const;
  for (const [metadata, expected] of rows)
    t.strictSame(gitOpsOwnerOf({ name: 'web', ...metadata }), expected, JSON.stringify(metadata));
  t.end();
});

t.test('Argo CD: our fields are ignored, kind by kind, and respected by syncs', (t) => {
  const [advice, ...others] = adviceAbout([
    deployment({ namespace: 'shop', name: 'web', ...argo('shop') }),
    deployment({ namespace: 'lab', name: 'web', ...argo('lab') }),
    cronJob({ namespace: 'lab', name: 'report', ...argo('lab') }),
    deployment({ namespace: 'lab', name: 'by-hand' }),
  ]);
  t.strictSame(others, []);
  t.equal(advice?.topic, 'argocd');
  t.match(advice?.message, 'Argo CD would set 3 of these workloads back up');
  t.match(advice?.message, '(lab, shop)');
  const managedFieldsManagers = ['kube-steward-downscaler'];
  t.strictSame(parse(advice?.snippet ?? ''), {
    spec: {
      ignoreDifferences: [
        { group: 'batch', kind: 'CronJob', managedFieldsManagers },
        { group: 'apps', kind: 'Deployment', managedFieldsManagers },
      ],
      syncPolicy: { syncOptions: ['RespectIgnoreDifferences=true'] },
    },
  });
  t.end();
});

t.test('a former field manager is the one to ignore', (t) => {
  const [advice] = adviceAbout([deployment({ name: 'web', ...argo('shop') })], '--field-manager=py-kube-downscaler');
  t.match(advice?.snippet, '- py-kube-downscaler\n');
  t.end();
});

t.test('Flux: rules by path and kind, each tool in its own words', (t) => {
  const [kustomization, release] = adviceAbout([
    deployment({ namespace: 'shop', name: 'web', ...flux('kustomize') }),
    deployment({ namespace: 'shop', name: 'api', ...flux('helm', 'api') }),
  ]);
  const ignore = [{ paths: ['/spec/replicas'], target: { group: 'apps', kind: 'Deployment' } }];
  t.strictSame(parse(kustomization?.snippet ?? ''), { spec: { ignore } });
  t.match(kustomization?.message, 'take it out of Git; or, from Flux 2.9 on, in the Kustomization (flux-system/apps):');
  t.strictSame(parse(release?.snippet ?? ''), { spec: { driftDetection: { mode: 'enabled', ignore } } });
  t.match(release?.message, 'In the HelmRelease (flux-system/api):');
  t.end();
});

t.test('nothing is said of what nobody would change back', (t) => {
  const asleep = deployment({
    name: 'asleep',
    replicas: 0,
    annotations: { 'downscaler/original-replicas': '2', ...argo('shop').annotations },
  });
  const silent = [
    asleep,
    deployment({ name: 'by-hand' }),
    deployment({
      name: 'unsaid',
      ...flux('kustomize'),
      metadata: { managedFields: [ownerOf('/spec/replicas', 'kube-controller-manager')] },
    }),
    daemonSet({ name: 'agent', ...argo('shop') }),
    scaledObject({ name: 'queue', target: 'elsewhere', ...argo('shop') }),
  ];
  t.strictSame(adviceAbout(silent), []);
  t.end();
});

t.test('many applications are counted after the first few', (t) => {
  const objects = Array.from({ length: 8 }, (_, index) =>
    deployment({ name: `web-${index}`, namespace: 'shop', ...argo(`app-${index}`) }),
  );
  t.match(adviceAbout(objects)[0]?.message, '(app-0, app-1, app-2, app-3, app-4 and 3 more):');
  t.end();
});
