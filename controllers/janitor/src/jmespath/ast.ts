import type { Json } from './value.ts';

export type Comparator = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** An expression as a tree. Children are evaluated as the comment of each kind says. */
export type Node =
  /** `@`, and what a bare `[*]` is applied to. */
  | { readonly kind: 'current' }
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'slice'; readonly start?: number; readonly stop?: number; readonly step?: number }
  /** The right side, applied to what the left side gives: `a.b`, `a | b`. */
  | { readonly kind: 'pipe'; readonly left: Node; readonly right: Node }
  /** The right side, applied to each element of what the source makes of the left side; nulls are dropped. */
  | {
      readonly kind: 'project';
      readonly over: 'elements' | 'values' | 'flattened';
      readonly left: Node;
      readonly right: Node;
    }
  | { readonly kind: 'filter'; readonly left: Node; readonly condition: Node; readonly right: Node }
  | { readonly kind: 'compare'; readonly comparator: Comparator; readonly left: Node; readonly right: Node }
  | { readonly kind: 'and' | 'or'; readonly left: Node; readonly right: Node }
  | { readonly kind: 'not'; readonly operand: Node }
  | { readonly kind: 'list'; readonly items: readonly Node[] }
  | { readonly kind: 'hash'; readonly entries: readonly (readonly [key: string, value: Node])[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Node[]; readonly at: number }
  /** `&expression`: handed to a function as it is. */
  | { readonly kind: 'reference'; readonly body: Node };
