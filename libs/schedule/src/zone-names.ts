import { nearest } from './nearest.ts';

/**
 * Abbreviations people write for a zone, and the zone they most likely mean. None of them is a zone of the IANA database
 * (though some runtimes take a few): they are ambiguous, or name only one half of the year.
 */
const ABBREVIATIONS = new Map<string, string>(
  Object.entries({
    ACST: 'Australia/Darwin',
    ACT: 'Australia/Darwin',
    AEDT: 'Australia/Sydney',
    AEST: 'Australia/Brisbane',
    AET: 'Australia/Sydney',
    AGT: 'America/Argentina/Buenos_Aires',
    AKST: 'America/Anchorage',
    ART: 'Africa/Cairo',
    AST: 'America/Halifax',
    AWST: 'Australia/Perth',
    BET: 'America/Sao_Paulo',
    BRT: 'America/Sao_Paulo',
    BST: 'Europe/London',
    CAT: 'Africa/Maputo',
    CDT: 'America/Chicago',
    CEST: 'Europe/Berlin',
    CNT: 'America/St_Johns',
    CST: 'America/Chicago',
    CTT: 'Asia/Shanghai',
    EAT: 'Africa/Nairobi',
    ECT: 'Europe/Paris',
    EDT: 'America/New_York',
    EEST: 'Europe/Helsinki',
    HKT: 'Asia/Hong_Kong',
    IET: 'America/Indiana/Indianapolis',
    IST: 'Asia/Kolkata',
    JST: 'Asia/Tokyo',
    KST: 'Asia/Seoul',
    LOCAL: 'UTC',
    MDT: 'America/Denver',
    MESZ: 'Europe/Berlin',
    MEZ: 'Europe/Berlin',
    MIT: 'Pacific/Apia',
    MSK: 'Europe/Moscow',
    MYT: 'Asia/Kuala_Lumpur',
    NET: 'Asia/Yerevan',
    NST: 'America/St_Johns',
    NZDT: 'Pacific/Auckland',
    NZST: 'Pacific/Auckland',
    PDT: 'America/Los_Angeles',
    PHT: 'Asia/Manila',
    PLT: 'Asia/Karachi',
    PNT: 'America/Phoenix',
    PRT: 'America/Puerto_Rico',
    PST: 'America/Los_Angeles',
    SAST: 'Africa/Johannesburg',
    SGT: 'Asia/Singapore',
    SST: 'Pacific/Guadalcanal',
    VST: 'Asia/Ho_Chi_Minh',
    WEST: 'Europe/Lisbon',
    WIB: 'Asia/Jakarta',
  }),
);

/** Names in the database that are not simply capitalised word by word. */
const UPPER_WORD =
  /^(?:us|gb|nz|w|su|roc|rok|prc|lhi|nsw|act|chat|in|utc|uct|gmt.*|cet|met|wet|eet|hst|(?:est|cst|mst|pst)(?:\d[a-z]{3})?)$/;
const MIXED_WORDS = new Map([
  ['bajanorte', 'BajaNorte'],
  ['bajasur', 'BajaSur'],
  ['comodrivadavia', 'ComodRivadavia'],
  ['denoronha', 'DeNoronha'],
  ['easterisland', 'EasterIsland'],
]);

let knownNames: ReadonlyMap<string, string> | undefined;

/** The zones the runtime lists, by their name in lower case. */
function listedNames(): ReadonlyMap<string, string> {
  knownNames ??= new Map(Intl.supportedValuesOf('timeZone').map((name) => [name.toLowerCase(), name]));
  return knownNames;
}

/** Whether the word is an abbreviation that is refused, even where the runtime would take it. */
export function isAbbreviation(name: string): boolean {
  return ABBREVIATIONS.has(name.toUpperCase());
}

/**
 * The spelling of the IANA database for a valid zone name in any case: `europe/berlin` → `Europe/Berlin`. Old names stay
 * what they are (`Asia/Calcutta` is not turned into `Asia/Kolkata`, nor the reverse).
 */
export function canonicalSpelling(name: string): string {
  const lower = name.toLowerCase();
  return (
    listedNames().get(lower) ??
    lower.replace(/[^/_-]+/g, (word) => {
      if (UPPER_WORD.test(word)) return word.toUpperCase();
      return MIXED_WORDS.get(word) ?? word.charAt(0).toUpperCase() + word.slice(1);
    })
  );
}

/** `+02:00`, `UTC+2`, `GMT-3` as a zone of whole hours. The signs of the `Etc` zones are reversed. */
function fixedOffsetZone(name: string): string | undefined {
  const [, sign, hours, minutes = '00'] = /^(?:UTC|GMT)?([+-])(\d\d?):?(\d\d)?$/i.exec(name) ?? [];
  if (hours === undefined || minutes !== '00') return undefined;
  const zone = `Etc/GMT${sign === '+' ? '-' : '+'}${Number(hours)}`;
  return Number(hours) <= (sign === '+' ? 14 : 12) ? zone : undefined;
}

/** The zone a wrong name most likely means: `CEST` → `Europe/Berlin`, `Berlin` → `Europe/Berlin`, `Europe/Berln` likewise. */
export function suggestZone(name: string): string | undefined {
  const byAbbreviation = ABBREVIATIONS.get(name.toUpperCase()) ?? fixedOffsetZone(name);
  if (byAbbreviation) return byAbbreviation;
  const city = `/${name.toLowerCase().replaceAll(/[\s-]/g, '_')}`;
  for (const [lower, spelled] of listedNames()) if (lower.endsWith(city)) return spelled;
  return nearest(name, listedNames().values());
}
