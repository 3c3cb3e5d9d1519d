import { createHash, createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** How far a chain has come: the entries from `from` to `to`, the last of which has this hash. */
export type Head = readonly [writer: string, from: number, to: number, hash: string];

/** What a checkpoint says: in this form it is hashed and signed, to the byte. */
export interface CheckpointDocument {
  readonly v: 1;
  readonly kind: 'minute' | 'retention';
  readonly seq: number;
  /** By the clock of the database. */
  readonly at: string;
  /** `hash` of the checkpoint before. */
  readonly prev: string;
  /** `minute`: the chains that have grown since the checkpoint before. `retention`: up to where each was dropped (`from` is 1). */
  readonly heads: readonly Head[];
  /**
   * `minute`: entries of releases that made no chain, by their ids: so many after `from` up to `through`. `seen` is the newest id of all then,
   * and the next one's `through`: what is committed late has come by then.
   */
  readonly unchained?: { readonly from: string; readonly through: string; readonly count: number; readonly seen: string };
  /** `retention`: the last checkpoint whose entries were dropped; its hash stands for all before it. */
  readonly through?: { readonly seq: number; readonly hash: string; readonly before: string };
}

/** A checkpoint as it is stored, answered and exported. */
export interface Checkpoint {
  readonly seq: number;
  readonly at: string;
  readonly kind: CheckpointDocument['kind'];
  readonly document: string;
  readonly hash: string;
  readonly key_id: string | null;
  readonly signature: string | null;
}

/** Signs checkpoints, and nothing else. */
export interface CheckpointSigner {
  readonly keyId: string;
  sign(document: string): string;
}

/** By the public key, so that whoever has it finds out. */
export const keyIdOf = (publicKey: KeyObject): string =>
  createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);

/**
 * @param file a private Ed25519 key (PEM): `openssl genpkey -algorithm ed25519`
 * @throws Error that says what is wrong with the file, and never what is in it
 */
export function signerFromFile(file: string): CheckpointSigner {
  let key: KeyObject;
  try {
    key = createPrivateKey(readFileSync(file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(
      code === 'ENOENT' || code === 'EACCES' ? `the file cannot be read (${code})` : 'holds no private key in PEM form',
    );
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error('holds no Ed25519 key; make one with: openssl genpkey -algorithm ed25519');
  return {
    keyId: keyIdOf(createPublicKey(key)),
    sign: (document) => sign(null, Buffer.from(document), key).toString('base64'),
  };
}

/** @throws Error without one */
export function publicKeysOf(pem: string): KeyObject[] {
  const blocks = pem.match(/-----BEGIN PUBLIC KEY-----[\s\S]+?-----END PUBLIC KEY-----/g) ?? [];
  if (blocks.length === 0) throw new Error('holds no public key in PEM form');
  return blocks.map((block) => createPublicKey(block));
}

export function makeCheckpoint(document: CheckpointDocument, signer: CheckpointSigner | undefined): Checkpoint {
  const text = JSON.stringify(document);
  return {
    seq: document.seq,
    at: document.at,
    kind: document.kind,
    document: text,
    hash: hash('sha256', text, 'hex'),
    key_id: signer?.keyId ?? null,
    signature: signer?.sign(text) ?? null,
  };
}

export function isSignedBy({ document, signature }: Checkpoint, keys: readonly KeyObject[]): boolean {
  if (signature === null) return false;
  return keys.some((key) => verify(null, Buffer.from(document), key, Buffer.from(signature, 'base64')));
}
