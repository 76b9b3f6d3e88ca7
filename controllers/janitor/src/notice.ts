import { SECOND_MS } from '@kube-steward/schedule';
import type { Deadline } from './deadline.ts';
import type { Notice } from './observe.ts';

/**
 * What a notice before deletion asks for now:
 *
 * | | no notice of this deadline | announced |
 * | --- | --- | --- |
 * | before the window | wait for the window | wait for the deadline |
 * | in the window, or past the deadline | announce | wait until the deadline, and until the notice has stood |
 * | past both | | go on |
 */
export type NoticeVerdict =
  | { readonly kind: 'announce'; readonly deletedAt: number }
  | { readonly kind: 'wait'; readonly until: number; readonly isAnnounced: boolean }
  | { readonly kind: 'pass' };

/**
 * Guarantees that a delete was announced, and that the notice has stood for `noticeMs`, or for the time to live where that is
 * shorter. A deadline that has moved is announced anew.
 *
 * @param noticeMs 0: nothing is announced
 */
export const noticeVerdict = (
  { at, start }: Pick<Deadline, 'at' | 'start'>,
  notice: Notice | undefined,
  noticeMs: number,
  now: number,
): NoticeVerdict => {
  const windowMs = start === undefined ? noticeMs : Math.min(noticeMs, at - start);
  const standing = windowMs > 0 && notice && toldAs(notice.deadline) === toldAs(at) ? notice : undefined;
  if (standing || windowMs <= 0) {
    const free = Math.max(at, standing ? standing.at + windowMs : at);
    return now > free ? { kind: 'pass' } : { kind: 'wait', until: free, isAnnounced: standing !== undefined };
  }
  if (now <= at - windowMs) return { kind: 'wait', until: at - windowMs, isAnnounced: false };
  return { kind: 'announce', deletedAt: Math.max(at, announcedAt(now) + windowMs) };
};

/** A notice stands from the second it was given in: one that was given in time must not put the delete off. */
export const announcedAt = (now: number): number => Math.floor(now / SECOND_MS) * SECOND_MS;

/** A deadline is told of in whole seconds. */
const toldAs = (at: number): number => Math.ceil(at / SECOND_MS) * SECOND_MS;
