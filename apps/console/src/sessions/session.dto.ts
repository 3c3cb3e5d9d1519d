import { Matches } from 'class-validator';

export class SessionPath {
  @Matches(/^[0-9a-f]{16}$/, { message: 'must be the id of a session' }) readonly public_id!: string;
}
