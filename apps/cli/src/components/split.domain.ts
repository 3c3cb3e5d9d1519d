import { type Component, SECRET_FIELDS, type SecretField } from '#base';

/** The secret fields that each app's components file has. The apps’ definitions say the same; a test compares. */
export const SPLIT: Readonly<Record<'ingestion' | 'broker' | 'release', readonly SecretField[]>> = {
  ingestion: ['push_tokens', 'encoding_aes_keys'],
  broker: ['component_appsecret'],
  release: [],
};

/** A component as the file has it, without the secrets that are not named. */
export function splitComponent(component: Component, fields: readonly SecretField[]): Readonly<Record<string, unknown>> {
  const settings = {
    component_appid: component.componentAppid,
    name: component.name,
    company: component.company,
    contact: component.contact,
    logo_url: component.logoUrl,
    two_person: component.twoPerson,
    component_appsecret: component.appSecret,
    push_tokens: component.pushTokens,
    encoding_aes_keys: component.encodingAesKeys,
  };
  const left = SECRET_FIELDS.filter((field) => !fields.includes(field));
  return Object.fromEntries(
    Object.entries(settings).filter(([name, value]) => value !== undefined && !left.some((field) => field === name)),
  );
}
