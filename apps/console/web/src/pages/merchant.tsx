import { getRouteApi, Link } from '@tanstack/react-router';
import { useOperation } from '../api/hooks.ts';
import { useComponent } from '../app/component.ts';
import { useTexts } from '../i18n/language.tsx';
import { Badge } from '../ui/badge.tsx';
import { CopyAs, CopyButton } from '../ui/copy.tsx';
import { Facts } from '../ui/facts.tsx';
import { Page } from '../ui/page.tsx';
import { Panel, Part } from '../ui/panel.tsx';
import { When } from '../ui/time.tsx';
import { MERCHANT_TONES } from './merchant-tones.ts';

const route = getRouteApi('/shell/merchants/$appid');

export function MerchantPage() {
  const { t, language } = useTexts();
  const { appid } = route.useParams();
  const { appid: component } = useComponent();
  const request = { path: { component_appid: component ?? '', authorizer_appid: appid } };
  const query = useOperation('AuthorizersController_get', request, { enabled: component !== undefined, everyMs: 30_000 });
  return (
    <Page
      title={query.data?.nick_name ?? appid}
      lead={
        <Link to="/merchants" className="text-accent underline">
          {t.merchants.detail.back}
        </Link>
      }
      actions={
        <>
          <CopyButton text={appid} label={appid} />
          <CopyAs id="AuthorizersController_get" request={request} cli={`wxplane authorizers show ${appid}`} />
        </>
      }
    >
      <Part query={query} permission="authorizers.read">
        {(merchant) => (
          <>
            <Panel title={t.merchants.state}>
              <Facts
                rows={[
                  [
                    t.merchants.state,
                    <Badge key="state" tone={MERCHANT_TONES[merchant.state]}>
                      {t.merchants.states[merchant.state]}
                    </Badge>,
                  ],
                  [t.merchants.detail.since, merchant.state_at ? <When key="since" at={merchant.state_at} /> : undefined],
                  [t.merchants.detail.reason, merchant.state_reason],
                  [
                    t.merchants.detail.missing,
                    merchant.missing_since ? <When key="missing" at={merchant.missing_since} /> : undefined,
                  ],
                  [t.merchants.kind, merchant.kind ? t.merchants.kinds[merchant.kind] : t.unknown],
                  [t.merchants.principal, merchant.principal_name],
                  [t.merchants.detail.user, merchant.user_name],
                  [t.merchants.granted, merchant.granted_at ? <When key="granted" at={merchant.granted_at} /> : undefined],
                ]}
              />
            </Panel>
            <Panel title={t.merchants.detail.sets}>
              {merchant.permission_sets.length === 0 ? <p className="text-soft">{t.merchants.detail.noSets}</p> : null}
              <ul className="flex flex-wrap gap-2">
                {merchant.permission_sets.map(({ id, name }) => (
                  <li key={id} className="rounded border border-line px-2 py-1 text-sm">
                    <span className="font-mono">{id}</span> {name?.[language] ?? ''}
                  </li>
                ))}
              </ul>
            </Panel>
          </>
        )}
      </Part>
    </Page>
  );
}
