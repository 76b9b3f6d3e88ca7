import type { Site } from './site.ts';

const FLAGS = ['--leader-elect=false', '--secure-port=0', '--kube-api-qps=2000', '--kube-api-burst=4000'];

/** The real controllers and the scheduler, or a choice of controllers alone; as fast as the API server lets them. */
export const startControllers = ({ programs, kubeconfig }: Site, chosen: true | readonly string[]): void => {
  programs.run('kube-controller-manager', [
    `--kubeconfig=${kubeconfig('kube-controller-manager')}`,
    `--service-account-private-key-file=${programs.path('service-accounts.key')}`,
    '--horizontal-pod-autoscaler-sync-period=1s',
    ...(chosen === true ? [] : [`--controllers=${chosen.join()}`]),
    ...FLAGS,
  ]);
  if (chosen === true) programs.run('kube-scheduler', [`--kubeconfig=${kubeconfig('kube-scheduler')}`, ...FLAGS]);
};
