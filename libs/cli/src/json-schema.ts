import { configValueOf } from './options.ts';
import type { OptionSpec, OptionSpecs } from './options.ts';
import type { JsonSchema } from './option-types.ts';

/** The JSON schema of a config file's section: one property an option, nothing else allowed. */
export const jsonSchema = (specs: OptionSpecs): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(
    Object.entries(specs)
      .filter(([, spec]) => spec.refused === undefined && spec.deprecated === undefined)
      .map(([option, spec]) => [option, propertySchema(spec)]),
  ),
});

const propertySchema = (spec: OptionSpec<unknown>): JsonSchema => ({
  ...spec.type.schema,
  description: spec.description,
  ...(spec.default !== undefined && { default: configValueOf(spec, spec.default) }),
});
