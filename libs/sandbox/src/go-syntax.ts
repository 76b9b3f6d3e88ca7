/** A JSON value as Go source would have it, which a few messages show: `map[string]interface {}{"a":1}`. */
export const goSyntax = (value: unknown): string => {
  if (value === null) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}:${goSyntax(one)}`);
  return `map[string]interface {}{${members.join(', ')}}`;
};
