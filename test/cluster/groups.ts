import { fileURLToPath } from 'node:url';
import { contentHash } from './content-hash.ts';

/** The Kubernetes versions there are modules files for, by minor version. */
export const KUBERNETES_VERSIONS: { readonly [minor: string]: string } = { '1.35': '1.35.4', '1.32': '1.32.13' };

export interface ModuleFiles {
  readonly module: string;
  /** In the folder of the module. */
  readonly paths: readonly string[];
}

/** Programs that are built from one go.mod: their dependencies go together, those of other groups contradict them. */
export interface Group {
  readonly name: string;
  readonly version: string;
  /** The folder of its go.mod below `go/`. */
  readonly folder: string;
  /** File name of each program, and its package. */
  readonly programs: { readonly [file: string]: string };
  readonly ldflags?: string;
  /** Files beside the programs, of the project they come from. */
  readonly files?: ModuleFiles;
  /** Roughly, on two cores with nothing cached. */
  readonly buildMinutes: number;
}

/** The control plane: without its version built in, the server calls itself v0.0.0, and clients refuse features. */
const controlPlane = (minor: string, version: string): Group => {
  const [major, minorPart] = version.split('.');
  const stamp = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minorPart };
  return {
    name: 'control-plane',
    version,
    folder: `control-plane-${minor}`,
    programs: {
      etcd: 'go.etcd.io/etcd/server/v3',
      'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
      'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
      'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
    },
    ldflags: Object.entries(stamp)
      .map(([key, value]) => `-X k8s.io/component-base/version.${key}=${value}`)
      .join(' '),
    buildMinutes: 7,
  };
};

const ADD_ONS: readonly Group[] = [
  {
    name: 'kwok',
    version: '0.8.0',
    folder: 'kwok',
    programs: { kwok: 'sigs.k8s.io/kwok/cmd/kwok' },
    files: {
      module: 'sigs.k8s.io/kwok',
      paths: ['kustomize/metrics/resource/metrics-resource.yaml', 'kustomize/metrics/usage/usage-from-annotation.yaml'],
    },
    buildMinutes: 2,
  },
  {
    name: 'metrics-server',
    version: '0.9.0',
    folder: 'metrics-server',
    programs: { 'metrics-server': 'sigs.k8s.io/metrics-server/cmd/metrics-server' },
    buildMinutes: 3,
  },
  {
    name: 'vpa',
    version: '1.8.1',
    folder: 'vpa',
    programs: { 'vpa-recommender': 'k8s.io/autoscaler/vertical-pod-autoscaler/pkg/recommender' },
    files: {
      module: 'k8s.io/autoscaler/vertical-pod-autoscaler',
      paths: ['deploy/vpa-v1-crd-gen.yaml'],
    },
    buildMinutes: 3,
  },
  {
    name: 'karpenter',
    version: '1.14.1',
    folder: 'karpenter',
    programs: { karpenter: 'sigs.k8s.io/karpenter/kwok' },
    files: {
      module: 'sigs.k8s.io/karpenter',
      paths: [
        'pkg/apis/crds/karpenter.sh_nodeclaims.yaml',
        'pkg/apis/crds/karpenter.sh_nodeoverlays.yaml',
        'pkg/apis/crds/karpenter.sh_nodepools.yaml',
        'kwok/apis/crds/karpenter.kwok.sh_kwoknodeclasses.yaml',
      ],
    },
    buildMinutes: 4,
  },
  {
    name: 'clients',
    version: `0.35.4-${contentHash(fileURLToPath(new URL('../clients/go', import.meta.url)))}`,
    folder: '../../clients/go',
    programs: { 'kube-clients': '.' },
    buildMinutes: 2,
  },
];

/** Every group, with the control plane of the version asked for: `KUBERNETES_VERSION`, 1.35 without it. */
export const groupsOf = (env: NodeJS.ProcessEnv = process.env): readonly Group[] => [
  controlPlane(...versionOf(env['KUBERNETES_VERSION'])),
  ...ADD_ONS,
];

const versionOf = (asked = '1.35'): [minor: string, version: string] => {
  const found = Object.entries(KUBERNETES_VERSIONS).find((known) => known.includes(asked.replace(/^v/, '')));
  if (found) return found;
  const allowed = Object.entries(KUBERNETES_VERSIONS).flat().join(', ');
  throw new Error(`KUBERNETES_VERSION is ${asked}: allowed are ${allowed}`);
};
