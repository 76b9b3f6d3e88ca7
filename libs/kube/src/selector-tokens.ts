/** One word or delimiter of a label selector, and where it starts. */
export interface SelectorToken {
  readonly text: string;
  readonly at: number;
}

const TOKENS = /\s+|==|!=|[=!><,()]|[^\s=!><,()]+/g;

/** The words and delimiters of a label selector in order, without white space; an empty token at the end. */
export const tokenize = (text: string): SelectorToken[] => {
  const tokens = [...text.matchAll(TOKENS)].map((match) => ({ text: match[0], at: match.index }));
  return [...tokens.filter((token) => token.text.trim() !== ''), { text: '', at: text.length }];
};

/** Whether a token is no word: punctuation, or the end. */
export const isSelectorDelimiter = (token: string): boolean => /^(|==?|!=?|[><,()])$/.test(token);
