import { hash as digest, type KeyObject } from 'node:crypto';
import { BEGINNING, type ChainedEntry, type EntryDocument, fromDocument, hashOf } from './chain.js';
import { type Checkpoint, type CheckpointDocument, isSignedBy } from './checkpoint.js';

/** What is verified: the database, or an export of it. */
export interface AuditSource {
  /** Of the period, by number, and the one before it if it is there. */
  checkpoints(): Promise<readonly Checkpoint[]>;
  /** Of one chain, by `seq`. */
  entries(writer: string, from: number, to: number): AsyncIterable<EntryDocument>;
  /** What no checkpoint has seen yet, by chain and `seq`. */
  tail(): AsyncIterable<EntryDocument>;
  /** How many entries without a chain have ids after `from` and up to `through`; `undefined`: that cannot be known here. */
  unchained(from: string, through: string): Promise<number | undefined>;
  /** Entries without a chain in the period. */
  unchainedInPeriod(): Promise<{ readonly count: number; readonly last: string | null; readonly apps: readonly string[] }>;
}

export interface VerifyOptions {
  readonly from: Date;
  readonly to: Date;
  /** Each checkpoint must be signed with one of these; none: signatures are not looked at. */
  readonly publicKeys?: readonly KeyObject[];
  /** One that was kept elsewhere: it must be there as it was. */
  readonly known?: Pick<Checkpoint, 'seq' | 'hash'>;
  /** No entry of a release without chains may be later. */
  readonly chainedSince?: Date;
}

export type FindingKind = 'changed' | 'missing' | 'added' | 'moved' | 'gap' | 'checkpoint' | 'signature';

export interface AuditFinding {
  readonly kind: FindingKind;
  /** About when. */
  readonly at: string;
  readonly what: string;
}

export interface Verdict {
  /** In the order of time: the first is where to look. */
  readonly findings: readonly AuditFinding[];
  readonly checkpoints: number;
  readonly signed: number;
  readonly entries: number;
  /** Entries of releases that made no chain: nothing tells whether they are as they were written. */
  readonly unchained: { readonly count: number; readonly last: string | null; readonly apps: readonly string[] };
}

const MINUTE_MS = 60_000;
/** An entry may come so much later than it says: clocks differ, and repetitions are counted for a minute. */
const LATE_MS = 10 * MINUTE_MS;
const MOST_FINDINGS = 200;

interface Segment {
  readonly from: number;
  readonly to: number;
  readonly hash: string;
  readonly seenAt: string;
  /** Of the checkpoint before: what came since is not older. */
  readonly since: string | undefined;
}

/** Looks whether the audit log of a period is what was written: names what was changed, is missing, was added or moved, and gaps. */
export async function verifyAudit(source: AuditSource, options: VerifyOptions): Promise<Verdict> {
  const findings: AuditFinding[] = [];
  const find = (kind: FindingKind, at: string, what: string) => void findings.push({ kind, at, what });
  const all = await source.checkpoints();
  const { segments, lastAt, signed, inPeriod, dropped } = await walkCheckpoints(all, source, options, find);

  let entries = 0;
  for (const [writer, parts] of segments) {
    entries += await walkChain(writer, parts, dropped.get(writer) ?? 0, source, find);
    if (findings.length >= MOST_FINDINGS) break;
  }
  entries += await walkTail(source, segments, lastAt, find);
  const unchained = await source.unchainedInPeriod();
  if (options.chainedSince && unchained.last && new Date(unchained.last) >= options.chainedSince)
    find(
      'added',
      unchained.last,
      `an entry without a chain, of ${unchained.apps.join(', ')}, is later than ${options.chainedSince.toISOString()}`,
    );
  findings.sort((a, b) => a.at.localeCompare(b.at));
  return { findings, checkpoints: inPeriod, signed, entries, unchained };
}

type Find = (kind: FindingKind, at: string, what: string) => void;

async function walkCheckpoints(all: readonly Checkpoint[], source: AuditSource, options: VerifyOptions, find: Find) {
  const { from, to, publicKeys = [], known } = options;
  const segments = new Map<string, Segment[]>();
  const dropped = new Map<string, number>();
  let former: Checkpoint | undefined;
  let formerMinute: Checkpoint | undefined;
  let signed = 0;
  let inPeriod = 0;
  for (const checkpoint of all) {
    const { seq, at, hash, document } = checkpoint;
    const document_ = documentOf(checkpoint);
    if (digest('sha256', document, 'hex') !== hash || document_ === undefined) {
      find('checkpoint', at, `checkpoint ${seq} of ${at} was changed`);
      former = checkpoint;
      continue;
    }
    if (former && (document_.prev !== former.hash || seq !== former.seq + 1))
      find(
        'checkpoint',
        at,
        seq > former.seq + 1
          ? `checkpoints ${former.seq + 1} to ${seq - 1} are missing, after ${former.at}`
          : `checkpoint ${seq} of ${at} does not follow number ${former.seq}: that one, or this one, was replaced`,
      );
    const before = Date.parse(at) < from.getTime();
    if (!before) {
      inPeriod += 1;
      if (publicKeys.length > 0 && !isSignedBy(checkpoint, publicKeys))
        find(
          'signature',
          at,
          `checkpoint ${seq} of ${at} ${checkpoint.signature ? 'is signed with another key' : 'is not signed'}`,
        );
      else if (checkpoint.signature) signed += 1;
    }
    if (document_.kind === 'retention') for (const [writer, , until] of document_.heads) dropped.set(writer, until);
    else {
      if (formerMinute) gap(formerMinute.at, at, find);
      else if (!before && seq > 1 && document_.prev !== BEGINNING) gap(from.toISOString(), at, find);
      if (!before) {
        for (const [writer, first, last, head] of document_.heads)
          segments.set(writer, [
            ...(segments.get(writer) ?? []),
            { from: first, to: last, hash: head, seenAt: at, since: formerMinute?.at },
          ]);
        await countUnchained(document_, source, find);
      }
      formerMinute = checkpoint;
    }
    former = checkpoint;
  }
  if (known) compareKnown(all, known, find);
  if (formerMinute) gap(formerMinute.at, to.toISOString(), find);
  else if (all.length === 0) find('gap', from.toISOString(), 'there is no checkpoint in this time');
  return { segments, dropped, lastAt: formerMinute?.at, signed, inPeriod };
}

function documentOf({ document, seq, at, kind }: Checkpoint): CheckpointDocument | undefined {
  try {
    const parsed = JSON.parse(document) as CheckpointDocument;
    return parsed.seq === seq && parsed.at === at && parsed.kind === kind ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function compareKnown(all: readonly Checkpoint[], known: Pick<Checkpoint, 'seq' | 'hash'>, find: Find): void {
  const stored = all.find(({ seq }) => seq === known.seq);
  if (stored?.hash === known.hash) return;
  find(
    'checkpoint',
    stored?.at ?? '',
    stored
      ? `checkpoint ${known.seq} of ${stored.at} is not the one that was kept`
      : `checkpoint ${known.seq}, which was kept, is not there`,
  );
}

/** Each minute has one: in the first without it, what was not seen yet could be altered. */
function gap(former: string, next: string, find: Find): void {
  const minute = Math.floor(Date.parse(former) / MINUTE_MS);
  const minutes = Math.floor(Date.parse(next) / MINUTE_MS) - minute;
  if (minutes <= 1) return;
  const first = new Date((minute + 1) * MINUTE_MS).toISOString();
  find('gap', first, `no checkpoint from ${first} on, for ${minutes - 1} min`);
}

async function countUnchained({ unchained, at }: CheckpointDocument, source: AuditSource, find: Find): Promise<void> {
  // The first checkpoint's range holds all that was there before, of which retention drops the oldest.
  if (!unchained || unchained.from === '0' || unchained.from === unchained.through) return;
  const count = await source.unchained(unchained.from, unchained.through);
  if (count === undefined) return;
  if (count > unchained.count)
    find('added', at, `${count - unchained.count} entries without a chain, before ${at}, by their ids`);
  if (count < unchained.count)
    find('missing', at, `${unchained.count - count} entries without a chain, before ${at}, by their ids`);
}

const nameOf = (document: EntryDocument): string =>
  `entry ${document['accesslog_id'] ?? '(new)'} (${document['at']}, ${document['action']}; number ${document['seq']} of ${document['writer']})`;

/** Follows one chain, entry by entry. */
class Follower {
  count = 0;
  private former: (ChainedEntry & { readonly document: EntryDocument }) | undefined;

  constructor(
    private readonly writer: string,
    private next: number,
    private readonly find: Find,
  ) {}

  /** @param since when the checkpoint before it was made */
  take(document: EntryDocument, since: string | undefined): void {
    const entry = fromDocument(document)!;
    const at = String(document['at']);
    this.count += 1;
    if (entry.seq < this.next) {
      this.find('added', at, `${nameOf(document)} stands where the chain does not go`);
      return;
    }
    if (entry.seq > this.next) this.missing(entry.seq - 1, at);
    else if (this.former ? entry.prev !== this.former.hash : entry.seq === 1 && entry.prev !== BEGINNING)
      this.changed(this.former?.document ?? document);
    if (hashOf(entry) !== entry.hash) this.changed(document);
    if (this.former && BigInt(document['accesslog_id'] ?? 0) < BigInt(this.former.document['accesslog_id'] ?? 0))
      this.find('moved', at, `${nameOf(document)} stands before the one that it follows`);
    const latest = String(document['last_at'] ?? at);
    if (since !== undefined && Date.parse(since) - Date.parse(latest) > LATE_MS)
      this.find(
        'added',
        at,
        `${nameOf(document)} was not there at ${since}: it was added later, or its writer’s clock was wrong, or MySQL was away from it`,
      );
    this.former = { ...entry, document };
    this.next = entry.seq + 1;
  }

  /** A checkpoint has seen the chain up to here. */
  seen({ to, hash, seenAt }: Pick<Segment, 'to' | 'hash' | 'seenAt'>): void {
    if (this.next <= to) this.missing(to, seenAt);
    else if (this.former?.seq === to && this.former.hash !== hash) this.changed(this.former.document);
    this.next = Math.max(this.next, to + 1);
  }

  private missing(until: number, at: string): void {
    const which = until === this.next ? `number ${until}` : `numbers ${this.next} to ${until}`;
    const after = this.former ? `, after ${nameOf(this.former.document)}` : '';
    this.find('missing', this.former ? String(this.former.document['at']) : at, `${which} of ${this.writer}${after}`);
    this.former = undefined;
  }

  private changed(document: EntryDocument): void {
    if (this.said.has(document)) return;
    this.said.add(document);
    this.find('changed', String(document['at']), nameOf(document));
  }

  private readonly said = new Set<EntryDocument>();
}

async function walkChain(
  writer: string,
  segments: readonly Segment[],
  dropped: number,
  source: AuditSource,
  find: Find,
): Promise<number> {
  const parts = segments.filter(({ to }) => to > dropped);
  if (parts.length === 0) return 0;
  const first = Math.max(parts[0]!.from, dropped + 1);
  const follower = new Follower(writer, first, find);
  let index = 0;
  for await (const document of source.entries(writer, dropped > 0 ? first : first === 1 ? 0 : first, parts.at(-1)!.to)) {
    for (; parts[index] && Number(document['seq']) > parts[index]!.to; index += 1) follower.seen(parts[index]!);
    follower.take(document, parts[index]?.since);
  }
  for (; index < parts.length; index += 1) follower.seen(parts[index]!);
  return follower.count;
}

/** What no checkpoint has seen: whole in itself, joined to what was seen, and not from before. */
async function walkTail(
  source: AuditSource,
  segments: ReadonlyMap<string, readonly Segment[]>,
  lastAt: string | undefined,
  find: Find,
): Promise<number> {
  let count = 0;
  let writer = '';
  let follower: Follower | undefined;
  for await (const document of source.tail()) {
    if (document['writer'] !== writer) {
      writer = String(document['writer']);
      const seen = segments.get(writer)?.at(-1);
      follower = new Follower(writer, seen ? seen.to + 1 : Number(document['seq']), find);
    }
    // Where the index of heads knows less than the documents: walked already.
    if (Number(document['seq']) <= (segments.get(writer)?.at(-1)?.to ?? 0)) continue;
    follower!.take(document, lastAt);
    count += 1;
  }
  return count;
}
