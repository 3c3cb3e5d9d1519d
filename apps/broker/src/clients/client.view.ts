import type { ClientEntity } from '#persistence';
import type { ClientView } from './clients.dto.js';

/** Without anything of its key. */
export function toClientView(row: ClientEntity, lastUsedAt?: Date): ClientView {
  return {
    client_id: row.clientId,
    name: row.name,
    scopes: row.scopes,
    authorizers: row.authorizers,
    options: row.options ? ({ ...row.options } as NonNullable<ClientView['options']>) : null,
    expires_at: row.expiresAt?.toISOString() ?? null,
    last_used_at: lastUsedAt?.toISOString() ?? null,
    revoked_at: row.revokedAt?.toISOString() ?? null,
    previous_key_until: row.previousExpiresAt?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}
