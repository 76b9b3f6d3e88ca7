import { Document, visit } from 'yaml';

import { selectDecisions } from './plan.ts';
import type { PlanDocument } from './plan.ts';
import type { RenderOptions } from './render.ts';

const LOOKS_LIKE_DATE = /^\d{4}-\d\d?-\d\d?/;

/**
 * The document as YAML. Whatever a parser of YAML 1.1 would take for something else than text (`on`, `12:30`, a moment) is
 * quoted, as most of what reads Kubernetes' YAML is one.
 */
export const renderYaml = (document: PlanDocument, { show = 'changes' }: RenderOptions = {}): string => {
  const yaml = new Document(selectDecisions(document, show), { compat: 'yaml-1.1', aliasDuplicateObjects: false });
  visit(yaml, {
    Scalar: (_, node) => {
      if (typeof node.value === 'string' && LOOKS_LIKE_DATE.test(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  return yaml.toString({ lineWidth: 0 });
};
