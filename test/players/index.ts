/** Programs that act on a cluster beside the controllers under test; they know nothing but its API. */
export { createGitOpsTool, type GitOpsTool, type GitOpsToolOptions } from './gitops-tool.ts';
export { createOperator, type Operator, type OperatorOptions } from './operator.ts';
