import type { Member } from './member.ts';

function complaintOf(member: Member): string | undefined {
  switch (member.kind) {
    case 'weekly':
      return member.endMinute === member.startMinute || (member.startMinute === 24 * 60 && member.endMinute === 0)
        ? 'start equals end: it never matches (the whole day is 00:00-24:00)'
        : undefined;
    case 'absolute':
      return member.from >= member.to ? 'the end is not after the start: it never matches' : undefined;
    case 'calendar':
      return member.calendar.isEmpty ? `the calendar ${member.name} has no days: it never matches` : undefined;
    case 'cron':
    case 'constant':
      return undefined;
  }
}

/** What in a valid value cannot be meant, one sentence each: members that can never match. */
export function lintOf(members: readonly Member[]): string[] {
  return members.flatMap((member) => {
    const complaint = complaintOf(member);
    return complaint === undefined ? [] : [`${JSON.stringify(member.text)}: ${complaint}`];
  });
}
