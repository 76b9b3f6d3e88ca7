const OPENING = '([{';
const CLOSING = ')]}';

/**
 * The members of a comma-separated list, without blanks around them and without empty ones. A comma inside brackets or
 * behind a backslash does not separate, so that `a{1,2},b` has two members.
 */
export const splitList = (text: string): string[] => {
  const members: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (character === '\\') i++;
    else if (OPENING.includes(character)) depth++;
    else if (CLOSING.includes(character)) depth = Math.max(0, depth - 1);
    else if (character === ',' && depth === 0) {
      members.push(text.slice(start, i));
      start = i + 1;
    }
  }
  members.push(text.slice(start));
  return members.map((member) => member.trim()).filter((member) => member !== '');
};
