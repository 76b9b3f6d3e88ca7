import { isJsonObject, type JsonObject, ownValue } from '../patch/json.ts';

/** Members of a server's answer, read without trust: what is missing or of another type is empty. */
export const textIn = (object: JsonObject, member: string): string => {
  const value = ownValue(object, member);
  return typeof value === 'string' ? value : '';
};

export const textsIn = (object: JsonObject, member: string): string[] => {
  const value = ownValue(object, member);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
};

export const objectIn = (object: JsonObject, member: string): JsonObject => {
  const value = ownValue(object, member);
  return isJsonObject(value) ? value : {};
};

export const objectsIn = (object: unknown, member: string): JsonObject[] => {
  const value = isJsonObject(object) ? ownValue(object, member) : undefined;
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
};
