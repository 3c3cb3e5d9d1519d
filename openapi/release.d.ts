// Made of the document beside it by `npm run openapi`.

export interface paths {
    readonly "/v1/components/{component_appid}/audit-profiles": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What reviewers are told, by name. */
        readonly get: operations["ExtSettingsController_profiles"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/audit-profiles/{profile}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /** Writes a profile, replacing one of the same name. */
        readonly put: operations["ExtSettingsController_writeProfile"];
        readonly post?: never;
        /** Rollouts that were made from it keep what they took. */
        readonly delete: operations["ExtSettingsController_deleteProfile"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/audit-quota": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What is left of the platform's monthly audits and speed-ups. */
        readonly get: operations["ComponentReleasesController_auditQuota"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/audit-categories": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Categories that a submission may name. */
        readonly get: operations["VersionsController_auditCategories"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/audit-media": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Uploads a picture or a film for the reviewer: the file itself as the body, streamed on. */
        readonly post: operations["VersionsController_uploadMedia"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/avatar": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /** Five a month. */
        readonly put: operations["IdentityController_avatar"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/base-library": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Lowest base library, and the share of users per version. */
        readonly get: operations["SettingsController_baseLibrary"];
        /** Sets the lowest base library. */
        readonly put: operations["SettingsController_setBaseLibrary"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/basic-info": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Name, introduction, picture, principal, and how often each may still be changed. */
        readonly get: operations["IdentityController_basicInfo"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/categories": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Categories that the mini program has, with their review. */
        readonly get: operations["CategoriesController_categories"];
        readonly put?: never;
        /** Adds categories. Those that need certificates are reviewed first; WeChat tells the result as `wxa_category_audit`. What is there already counts as done. */
        readonly post: operations["CategoriesController_add"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/categories/available": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Categories that it may add, and the certificates each needs. */
        readonly get: operations["CategoriesController_available"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/categories/{first}/{second}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /** Gives a category that was rejected other certificates; it is reviewed again. */
        readonly put: operations["CategoriesController_correct"];
        readonly post?: never;
        /** Removes a category. One that is under review stays until its result is there (53308). */
        readonly delete: operations["CategoriesController_delete"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/domains": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Server domains as they are set. */
        readonly get: operations["DomainsController_read"];
        readonly put?: never;
        /** Server domains; entries that WeChat rejects come back in `invalid_…` lists although the call succeeds. When it refuses everything, they stand in `wechat.details`, or in `refused`. */
        readonly post: operations["DomainsController_domains"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/domains/effective": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What will hold after the next release. */
        readonly get: operations["DomainsController_effectiveDomains"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/ext-settings": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One mini program's own layer. */
        readonly get: operations["ExtSettingsController_own"];
        /** Replaces one mini program's layer. */
        readonly put: operations["ExtSettingsController_writeOwn"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/gray-release": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The staged release that runs, if one does. */
        readonly get: operations["VersionsController_grayRelease"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/icp-filing": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Its ICP filing (备案). Permission set 18 or 156. */
        readonly get: operations["IdentityController_icpFiling"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/media": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Uploads a picture for an avatar, a certificate or a name: the file itself as the body, streamed on. At most 2 MB. */
        readonly post: operations["VersionsController_uploadTemporary"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/nickname": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /** Holds at once, or is reviewed first: then `audit_id` is given. Two changes a year; refused while code is in audit (91019). */
        readonly put: operations["IdentityController_nickname"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/nickname/audits/{audit_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** How the review of a name stands. */
        readonly get: operations["IdentityController_nicknameAudit"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/nickname/check": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Whether WeChat would want proof for a name. Changes nothing. */
        readonly post: operations["IdentityController_checkNickname"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/pages": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Pages of the trial version. */
        readonly get: operations["VersionsController_pages"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/plugins": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The plugins it uses or has asked for. */
        readonly get: operations["PluginsController_plugins"];
        readonly put?: never;
        /** One that is there already counts as done. */
        readonly post: operations["PluginsController_apply"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/plugins/{plugin_appid}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /** Changes the version in use without a release; refused while a gray release runs (89258). */
        readonly put: operations["PluginsController_update"];
        readonly post?: never;
        /** Ends the use of a plugin. One that is not there counts as done. */
        readonly delete: operations["PluginsController_unbind"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/prefetch-domains": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Domains whose names are looked up before the mini program opens. */
        readonly get: operations["DomainsController_prefetchDomains"];
        /** Replaces the list. */
        readonly put: operations["DomainsController_setPrefetchDomains"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/privacy-interfaces": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** APIs that need WeChat's leave (such as `wx.getLocation`), and how it stands. */
        readonly get: operations["SettingsController_privacyInterfaces"];
        readonly put?: never;
        /** Asks for one; refused while an application for it is under review (61031). */
        readonly post: operations["SettingsController_applyPrivacyInterface"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/privacy-settings": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The privacy guide, and what the scan of the code found. */
        readonly get: operations["SettingsController_privacySettings"];
        /** Takes effect with the next version that is approved and released. */
        readonly put: operations["SettingsController_setPrivacySettings"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/privacy-settings/file": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Uploads a text that supplements the privacy guide: the text itself as the body. */
        readonly post: operations["SettingsController_uploadPrivacyFile"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/qr-rules": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** In the order they were added. */
        readonly get: operations["QrRulesController_rules"];
        /** Changes a rule that is not published. */
        readonly put: operations["QrRulesController_edit"];
        /** Adds a rule; the check file has to be in its place. The same rule once more counts as done. */
        readonly post: operations["QrRulesController_add"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/qr-rules/check-file": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The file that WeChat looks for below each prefix. */
        readonly get: operations["QrRulesController_checkFile"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/qr-rules/delete": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Takes a rule away. */
        readonly post: operations["QrRulesController_delete"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/qr-rules/publish": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** From now on for everybody; the mini program has to be online. 100 a month. */
        readonly post: operations["QrRulesController_publish"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/rollback": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Back to an earlier version. The version rolled back from is gone for good. */
        readonly post: operations["VersionsController_rollback"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/search-status": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Whether the mini program can be found by searching. */
        readonly get: operations["IdentityController_searchStatus"];
        /** Lets it be found by searching, or not. */
        readonly put: operations["IdentityController_setSearchStatus"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/signature": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /** The introduction (简介). Five changes a month. */
        readonly put: operations["IdentityController_signature"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/tags": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /** Replaces its tags, by which rollouts find it. */
        readonly put: operations["FleetController_tags"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/testers": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Testers; WeChat names them by `userstr` only. */
        readonly get: operations["SettingsController_testers"];
        readonly put?: never;
        /** Somebody who is one already counts as done. */
        readonly post: operations["SettingsController_bindTester"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/testers/unbind": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Takes a tester away, by `wechatid` or `userstr`. */
        readonly post: operations["SettingsController_unbindTester"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/versions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Trial and online version, read from WeChat now. */
        readonly get: operations["VersionsController_versions"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/versions/history": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Versions that can be returned to. Kept for ten minutes: WeChat allows some thirty looks a day. */
        readonly get: operations["VersionsController_history"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/visit-status": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Whether it serves its users: 1, or 0 when suspended by the operator or for a violation. */
        readonly get: operations["VersionsController_visitStatus"];
        readonly put?: never;
        /** Takes it out of service, or puts it back. */
        readonly post: operations["VersionsController_setVisitStatus"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/webview-domains": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Domains of `<web-view>` as they are set. */
        readonly get: operations["DomainsController_readWebview"];
        readonly put?: never;
        /** Domains of `<web-view>`. That WeChat has nothing to change is done when the list is as asked; else `refused` says what is not. */
        readonly post: operations["DomainsController_webviewDomains"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/webview-domains/confirm-file": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The file that WeChat looks for at the root of a web-view domain that is set directly. */
        readonly get: operations["DomainsController_webviewConfirmFile"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/authorizers/{authorizer_appid}/webview-domains/effective": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What `<web-view>` may show after the next release. */
        readonly get: operations["DomainsController_effectiveWebviewDomains"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/ext-settings": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Variables and `ext_json` that hold for every mini program. */
        readonly get: operations["ExtSettingsController_platform"];
        /** Replaces the platform's layer. */
        readonly put: operations["ExtSettingsController_writePlatform"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/jump-domains": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Domains that `<web-view>` may show. */
        readonly get: operations["PlatformDomainsController_jumpDomains"];
        readonly put?: never;
        /** At most 200; the confirm file has to be at the root of each. */
        readonly post: operations["PlatformDomainsController_changeJumpDomains"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/jump-domains/confirm-file": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The file that WeChat looks for at the root of a domain of web pages. */
        readonly get: operations["PlatformDomainsController_confirmFile"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/mini-programs": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Mini programs and what they run, as last read: this list never calls WeChat. */
        readonly get: operations["FleetController_search"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/mini-programs/summary": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** How many run which version. */
        readonly get: operations["FleetController_summary"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/releases": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Releases, newest first; those of an older system included. */
        readonly get: operations["ComponentReleasesController_search"];
        readonly put?: never;
        /** Commits a template to one mini program: the start of a release. */
        readonly post: operations["ComponentReleasesController_create"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/rollouts": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Newest first. */
        readonly get: operations["ComponentRolloutsController_search"];
        readonly put?: never;
        /** Starts a rollout from a preview that still matches. */
        readonly post: operations["ComponentRolloutsController_start"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/rollouts/preview": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Shows exactly what would be sent to whom, and every problem found. Sends nothing. */
        readonly post: operations["ComponentRolloutsController_preview"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/server-domains": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Domains that the mini programs' code may call. */
        readonly get: operations["PlatformDomainsController_serverDomains"];
        readonly put?: never;
        /** At most 1,000. */
        readonly post: operations["PlatformDomainsController_changeServerDomains"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/template-drafts": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Drafts: the latest upload of each development mini program. */
        readonly get: operations["TemplateController_drafts"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/template-drafts/{draft_id}/compare": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What promoting a draft would change against a template: versions, words, developer, time. WeChat shows nobody's code. */
        readonly get: operations["TemplateController_compareDraft"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/templates": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The template library, newest first. */
        readonly get: operations["TemplateController_list"];
        readonly put?: never;
        /** Makes a template of a draft, and answers it with its new id. */
        readonly post: operations["TemplateController_promote"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/templates/{template_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /** Removes a template; mini programs that carry its code keep it. */
        readonly delete: operations["TemplateController_delete"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/components/{component_appid}/templates/{template_id}/compare": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What differs from another template, or from the one before. */
        readonly get: operations["TemplateController_compare"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/releases/{release_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One release. */
        readonly get: operations["ReleaseController_get"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/releases/{release_id}/abandon": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Gives it up: nothing further happens to it by itself. */
        readonly post: operations["ReleaseController_abandon"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/releases/{release_id}/approve": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** The second person agrees that it may go online. */
        readonly post: operations["ReleaseController_approve"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/releases/{release_id}/gray": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Puts it online for a part of the users, or for a larger part than before. */
        readonly post: operations["ReleaseController_gray"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/releases/{release_id}/health": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Tells what a watcher has seen; a gray release that is not healthy is taken back. */
        readonly post: operations["ReleaseController_health"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/releases/{release_id}/history": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** How it came to be what it is: every move, oldest first. */
        readonly get: operations["ReleaseController_history"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/releases/{release_id}/preflight": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Everything that is looked at before a submission, each with what to do. Asks WeChat. */
        readonly get: operations["ReleaseController_preflight"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/releases/{release_id}/publish": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Puts the approved version online for everybody. */
        readonly post: operations["ReleaseController_publish"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/releases/{release_id}/recommit": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Commits its code once more: the privacy scan begins anew, and what a decided ticket has used up can be submitted again. */
        readonly post: operations["ReleaseController_recommit"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/releases/{release_id}/revert-gray": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Takes a gray release back. */
        readonly post: operations["ReleaseController_revertGray"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/releases/{release_id}/screenshots": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The reviewer's screenshots of a rejection. */
        readonly get: operations["ReleaseController_screenshots"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/releases/{release_id}/screenshots/{media_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One of them, as an image. */
        readonly get: operations["ReleaseController_screenshot"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/releases/{release_id}/speed-up": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Asks for a faster review; has a monthly quota of its own. */
        readonly post: operations["ReleaseController_speedUp"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/releases/{release_id}/submit": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Submits it to audit. Without a body: with what was given at its creation. */
        readonly post: operations["ReleaseController_submit"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/releases/{release_id}/trial-qrcode": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** QR code of the trial version, as the image WeChat makes (a JPEG); only admins and bound testers can open it. */
        readonly get: operations["ReleaseController_trialQrcode"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/releases/{release_id}/withdraw": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Takes it back from audit: five times a day and ten times a month per mini program. */
        readonly post: operations["ReleaseController_withdraw"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/rollouts/{rollout_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One rollout with its progress. */
        readonly get: operations["RolloutController_get"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/rollouts/{rollout_id}/abort": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Ends it for good. */
        readonly post: operations["RolloutController_abort"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/rollouts/{rollout_id}/approve": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** The second person agrees that all its releases may go online. */
        readonly post: operations["RolloutController_approve"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/rollouts/{rollout_id}/events": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Progress as Server-Sent Events: a `progress` event per change, and each 20 s without one; the last one when it has ended. */
        readonly get: operations["RolloutController_events"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/rollouts/{rollout_id}/pause": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Nothing more is begun or sent until it is resumed. */
        readonly post: operations["RolloutController_pause"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/rollouts/{rollout_id}/report": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Every mini program with what became of it, as JSON or CSV. */
        readonly get: operations["RolloutController_report"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/rollouts/{rollout_id}/resume": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Goes on; after a failed canary with everybody. */
        readonly post: operations["RolloutController_resume"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/rollouts/{rollout_id}/retry": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Tries the failed ones again, on request those that were skipped as well: what is approved already is carried on, the others get a new release. */
        readonly post: operations["RolloutController_retry"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/rollouts/{rollout_id}/targets": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Its mini programs, in order. */
        readonly get: operations["RolloutController_targets"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        readonly AddCategories: {
            /** @description Pairs of the list of possible categories. */
            readonly categories: readonly components["schemas"]["NewCategory"][];
        };
        readonly ApplyPlugin: {
            readonly plugin_appid: string;
            /** @description For its developer, who may have to agree. */
            readonly reason?: string;
        };
        readonly ApproveRelease: {
            readonly note?: string;
        };
        readonly AuditItemDto: {
            /** @description A page of the trial version, without leading slash. */
            readonly address?: string;
            readonly first_class: string;
            readonly first_id: number;
            readonly second_class: string;
            readonly second_id: number;
            /** @description At most 10 tags of at most 20 characters, separated by spaces. */
            readonly tag?: string;
            readonly third_class?: string;
            readonly third_id?: number;
            /** @description At most 32 characters. */
            readonly title?: string;
        };
        readonly AuditMedia: {
            /** @description For `preview_info`; valid for three days. */
            readonly mediaid: string;
            readonly type: string;
        };
        readonly AuditProfile: {
            readonly audit: components["schemas"]["SubmitRelease"];
        };
        readonly AuditProfilePage: {
            readonly items: readonly components["schemas"]["AuditProfileView"][];
            /** @description For the page after this one; `null`: this is the last one. */
            readonly next_cursor: string | null;
        };
        readonly AuditProfileView: {
            readonly audit: {
                readonly [key: string]: unknown;
            };
            readonly name: string;
            readonly updated_at: string;
        };
        readonly AuditQuotaView: {
            readonly limit: number;
            readonly rest: number;
            readonly speedup_limit: number;
            readonly speedup_rest: number;
        };
        readonly AuditView: {
            readonly auditid: string | null;
            readonly delay_reason: string | null;
            /** @description WeChat postponed the review: still pending. */
            readonly is_delayed: boolean;
            /** @description As WeChat wrote it: untrusted HTML. */
            readonly reason: string | null;
            /** @description The same as plain text. */
            readonly reason_text: string | null;
            readonly result_at: string | null;
            /** @description Media ids of the reviewer's screenshots. */
            readonly screenshots: readonly string[];
            /** @description The source design's number: 0 approved, 1 rejected, 2 in audit, 3 withdrawn, 4 not submitted. */
            readonly status: number;
            readonly submitted_at: string | null;
        };
        readonly Avatar: {
            /** @description Of `POST …/media`. */
            readonly media_id: string;
            /** @default 0 */
            readonly x1: number;
            /** @default 1 */
            readonly x2: number;
            /** @default 0 */
            readonly y1: number;
            /** @default 1 */
            readonly y2: number;
        };
        readonly BaseLibrary: {
            /** @description Lowest version of the base library, such as `2.21.2`. */
            readonly version: string;
        };
        readonly CategoriesView: {
            readonly categories: readonly components["schemas"]["CategoryView"][];
            /** @description Held at the same time, at most. */
            readonly category_limit: number | null;
            /** @description May be added in one month. */
            readonly limit: number | null;
            /** @description Of these, still left. */
            readonly quota: number | null;
        };
        readonly CategoryView: {
            readonly audit_reason: string;
            /** @description 1 in audit, 2 rejected, 3 approved. */
            readonly audit_status: number;
            readonly first: number;
            readonly first_name: string;
            readonly second: number;
            readonly second_name: string;
        };
        readonly Certificate: {
            /** @description Of `POST …/media`; valid for three days. */
            readonly media_id: string;
            /** @description Its name, as the list of possible categories gives it. */
            readonly name: string;
        };
        readonly CheckView: {
            readonly check: string;
            readonly detail?: string;
            readonly remedy?: components["schemas"]["RemedyView"];
            /** @description `ok`, `problem`, `warning`, or `unknown` when it could not be looked at. */
            readonly result: string;
        };
        readonly ConfirmFileView: {
            readonly file_content: string;
            readonly file_name: string;
        };
        readonly CorrectCategory: {
            /** @description Replace those that were refused. */
            readonly certificates: readonly components["schemas"]["Certificate"][];
        };
        readonly CreateRelease: {
            /** @description It may take the place of a newer version: without this nobody goes back to an older one. */
            readonly allow_older?: boolean;
            /** @description What the reviewer is told; members given here win over the profile's. May also be given at `/submit`. */
            readonly audit?: components["schemas"]["SubmitRelease"];
            readonly authorizer_appid: string;
            /** @description An object, with `{{variables}}`; WeChat receives it as a text. Absent: the stored one of the mini program or the platform. */
            readonly ext_json?: {
                readonly [key: string]: unknown;
            };
            readonly policy?: components["schemas"]["ReleasePolicyDto"];
            /** @description Name of a stored audit profile. */
            readonly profile?: string;
            readonly template_id: number;
            readonly user_desc: string;
            /** @description 1 to 64 characters. */
            readonly user_version: string;
            /** @description Variables of this release alone. */
            readonly variables?: {
                readonly [key: string]: unknown;
            };
        };
        readonly Domains: {
            /** @enum {string} */
            readonly action: "add" | "delete" | "set" | "get";
            /** @description Without registering them with the platform first: at most 100 principals per domain, and only after the next release. */
            readonly directly?: boolean;
            readonly downloaddomain?: readonly string[];
            readonly requestdomain?: readonly string[];
            readonly tcpdomain?: readonly string[];
            readonly udpdomain?: readonly string[];
            readonly uploaddomain?: readonly string[];
            readonly wsrequestdomain?: readonly string[];
        };
        readonly DraftComparison: {
            readonly differences: readonly components["schemas"]["TemplateDifferenceView"][];
            readonly from: components["schemas"]["TemplateView"];
            readonly to: components["schemas"]["DraftView"];
        };
        readonly DraftPage: {
            readonly items: readonly components["schemas"]["DraftView"][];
            /** @description For the page after this one; `null`: this is the last one. */
            readonly next_cursor: string | null;
        };
        readonly DraftView: {
            readonly developer: string | null;
            readonly draft_id: number;
            readonly source_miniprogram: string | null;
            readonly source_miniprogram_appid: string | null;
            readonly uploaded_at: string;
            readonly user_desc: string;
            readonly user_version: string;
        };
        readonly ExtSettings: {
            /** @description The `ext_json` to commit when a request gives none; absent: that of the layer below. */
            readonly ext_json?: {
                readonly [key: string]: unknown;
            };
            /** @description Values for `{{name}}` in `ext_json`. */
            readonly variables: {
                readonly [key: string]: unknown;
            };
        };
        readonly ExtSettingsView: {
            readonly ext_json: {
                readonly [key: string]: unknown;
            } | null;
            readonly variables: {
                readonly [key: string]: unknown;
            };
        };
        readonly FailureView: {
            /** @description ISO 8601. */
            readonly at: string;
            readonly errcode?: number;
            readonly errmsg: string;
            readonly remedy?: components["schemas"]["RemedyView"];
            /** @description WeChat's own id of the call, for its support. */
            readonly rid?: string;
            readonly step: string;
            readonly verdict: string;
        };
        readonly FleetPage: {
            readonly items: readonly components["schemas"]["FleetView"][];
            /** @description For the page after this one; `null`: this is the last one. */
            readonly next_cursor: string | null;
        };
        readonly FleetSummary: {
            /** @description Those that run what was not put online from here. */
            readonly elsewhere: number;
            readonly total: number;
            readonly versions: readonly components["schemas"]["FleetVersionCount"][];
        };
        readonly FleetVersionCount: {
            readonly mini_programs: number;
            /** @description Of what was put online from here; `null`: not known. */
            readonly online_template_id: number | null;
            readonly online_version: string | null;
        };
        readonly FleetView: {
            readonly authorizer_appid: string;
            /** @enum {string} */
            readonly drift: "none" | "unknown" | "elsewhere";
            readonly nick_name: string | null;
            readonly online_at: string | null;
            /** @description SHA-256 in hex of the `ext_json` of what is online; `null`: not known. */
            readonly online_ext_hash: string | null;
            /** @description Template of what is online; `null`: not known, for it was not put online from here. */
            readonly online_template_id: number | null;
            readonly online_version: string | null;
            /** @description Why it could not be read. */
            readonly problem: {
                readonly [key: string]: unknown;
            } | null;
            /** @description When WeChat was read; `null`: not yet. */
            readonly read_at: string | null;
            readonly release_id: number | null;
            /** @description State of its newest release here. */
            readonly release_state: string | null;
            readonly release_version: string | null;
            /** @description What was put online from here last. */
            readonly released_version: string | null;
            readonly state: string;
            readonly tags: readonly string[];
            readonly trial_version: string | null;
            /** @description 1 in service, 0 suspended, as last read or set from here; `null`: not known. */
            readonly visit_status: number | null;
        };
        readonly GrayRelease: {
            /** @description It may take the place of a newer version that is online. */
            readonly allow_older?: boolean;
            /** @description Project members first. */
            readonly debuggers_first?: boolean;
            /** @description Higher than before; 0 needs one of the flags. */
            readonly percentage: number;
            /** @description Testers first. */
            readonly testers_first?: boolean;
        };
        readonly GrayStepDto: {
            /** @description Seconds at this percentage before the next step. */
            readonly pause_s: number;
            readonly percentage: number;
        };
        readonly HealthSignal: {
            readonly healthy: boolean;
            readonly reason?: string;
        };
        readonly HistoryVersionView: {
            readonly app_version: number;
            readonly committed_at: string;
            readonly user_desc: string;
            readonly user_version: string;
        };
        readonly HistoryView: {
            readonly items: readonly components["schemas"]["HistoryVersionView"][];
        };
        readonly IcpFilingView: {
            /** @description Whether a filing may be begun now. */
            readonly available: boolean;
            readonly canceling: boolean;
            /** @description Without a filing a mini program of the mainland does not go online. */
            readonly filed: boolean;
            /** @description WeChat's own: 2 platform review, 3 platform rejected, 4 authority review, 5 authority rejected, 6 filed, 1024 and more not filed. */
            readonly status: number;
        };
        readonly MediaView: {
            /** @description For avatars, certificates, names and `feedback_stuff`; valid for three days, for this mini program only. */
            readonly media_id: string;
            readonly type: string;
        };
        readonly NewCategory: {
            readonly certificates?: readonly components["schemas"]["Certificate"][];
            readonly first: number;
            readonly second: number;
        };
        readonly Nickname: {
            /** @description Picture of the identity card, for persons: a media id of `POST …/media`. */
            readonly id_card?: string;
            /** @description Picture of the licence, for organisations: a media id. */
            readonly license?: string;
            /** @description Further proof, for names that need it: media ids. */
            readonly materials?: readonly string[];
            /** @description 4 to 30 characters, without 小程序. */
            readonly nick_name: string;
        };
        readonly NicknameAuditView: {
            readonly audit_id: number;
            readonly audited_at: string | null;
            readonly created_at: string | null;
            readonly fail_reason: string | null;
            readonly nick_name: string | null;
            /** @enum {string} */
            readonly state: "failed" | "in-audit" | "passed";
        };
        readonly NicknameCheck: {
            /** @description 4 to 30 characters, without 小程序. */
            readonly nick_name: string;
        };
        readonly NicknameCheckView: {
            /** @description The name has a word for which WeChat wants proof, or which it does not allow. */
            readonly hit_condition: boolean;
            readonly wording: string;
        };
        readonly NicknameView: {
            /** @description `null`: the name holds already. Otherwise it is reviewed. */
            readonly audit_id: number | null;
            readonly wording: string | null;
        };
        readonly PlatformDomains: {
            /** @enum {string} */
            readonly action: "add" | "delete" | "set";
            /** @description Without scheme, such as `api.example.com`. */
            readonly domains: readonly string[];
            /** @description Default: only the platform's test version is changed. */
            readonly published_together?: boolean;
        };
        readonly PlatformDomainsView: {
            /** @description Of the request; WeChat did not take these. */
            readonly invalid: readonly string[];
            /** @description Of the published version of the platform. */
            readonly published: readonly string[];
            /** @description Of its test version. */
            readonly testing: readonly string[];
        };
        readonly PluginPage: {
            readonly items: readonly components["schemas"]["PluginView"][];
            /** @description For the page after this one; `null`: this is the last one. */
            readonly next_cursor: string | null;
        };
        readonly PluginView: {
            readonly head_image_url: string | null;
            readonly nickname: string | null;
            readonly plugin_appid: string;
            /** @enum {string} */
            readonly state: "refused" | "unknown" | "applying" | "usable" | "timed-out";
        };
        readonly PossibleCategories: {
            readonly items: readonly components["schemas"]["PossibleCategory"][];
        };
        readonly PossibleCategory: {
            /** @description Names of the certificates; within one list any will do, of each list one is needed. */
            readonly certificates: readonly (readonly string[])[];
            readonly first: number;
            readonly first_name: string;
            readonly remark: string | null;
            readonly second: number;
            readonly second_name: string;
            /** @description Certificates are needed, and a review. */
            readonly sensitive: boolean;
        };
        readonly PrefetchDomains: {
            readonly domains: readonly string[];
        };
        readonly PrefetchDomainsView: {
            readonly domains: readonly string[];
            /** @description So many at most. */
            readonly limit: number | null;
        };
        readonly PreflightView: {
            readonly checks: readonly components["schemas"]["CheckView"][];
            readonly may_submit: boolean;
        };
        readonly PreviewInfoDto: {
            readonly pic_id_list?: readonly string[];
            readonly video_id_list?: readonly string[];
        };
        readonly PreviewProblem: {
            readonly authorizer_appid: string;
            readonly message: string;
            /** @description Such as `ext_json.window` or `authorization`. */
            readonly path: string;
            readonly remedy: components["schemas"]["RemedyView"] | null;
        };
        readonly PreviewRequest: {
            readonly authorizer_appid: string;
            /** @description Body of WeChat's commit. */
            readonly commit: {
                readonly [key: string]: unknown;
            };
            readonly is_canary: boolean;
            /** @description Body of WeChat's submit_audit. */
            readonly submit_audit: {
                readonly [key: string]: unknown;
            };
        };
        readonly PrivacyEntry: {
            readonly privacy_key: string;
            readonly privacy_text: string;
        };
        readonly PrivacyFile: {
            /** @description For `owner_setting.ext_file_media_id` of the guide. */
            readonly ext_file_media_id: string;
        };
        readonly PrivacyInterfaceApplication: {
            /** @description As WeChat spells it, such as `wx.getLocation`. */
            readonly api_name: string;
            /** @description What it is used for; at most 300 characters. */
            readonly content: string;
            /** @description Media ids of `POST …/audit-media`. */
            readonly pic_list?: readonly string[];
            readonly url_list?: readonly string[];
            readonly video_list?: readonly string[];
        };
        readonly PrivacyInterfaceApplied: {
            readonly audit_id: number | null;
        };
        readonly PrivacyInterfacePage: {
            readonly items: readonly components["schemas"]["PrivacyInterfaceView"][];
            /** @description For the page after this one; `null`: this is the last one. */
            readonly next_cursor: string | null;
        };
        readonly PrivacyInterfaceView: {
            readonly api_name: string;
            readonly audit_id: number | null;
            readonly fail_reason: string | null;
            /** @enum {string} */
            readonly state: "failed" | "unknown" | "granted" | "to-apply" | "no-permission" | "applying";
        };
        readonly PrivacyOwnerDto: {
            readonly contact_email?: string;
            readonly contact_phone?: string;
            readonly contact_qq?: string;
            readonly contact_weixin?: string;
            readonly ext_file_media_id?: string;
            readonly notice_method: string;
            readonly store_expire_timestamp?: string;
            readonly store_region?: string;
        };
        readonly PrivacySettings: {
            readonly owner_setting: components["schemas"]["PrivacyOwnerDto"];
            /**
             * @description 1 online, 2 development.
             * @enum {number}
             */
            readonly privacy_ver: 1 | 2;
            /** @description What SDKs of others collect, in WeChat's own form. */
            readonly sdk_privacy_info_list?: readonly Record<string, unknown>[];
            /** @description Needed for 2, forbidden for 1. */
            readonly setting_list?: readonly components["schemas"]["PrivacyEntry"][];
        };
        readonly Problem: {
            /** @description What is wrong with this request. */
            readonly detail?: string;
            /** @description What is wrong with which member of the request. */
            readonly errors?: readonly {
                readonly field?: string;
                readonly message?: string;
            }[];
            /** @description `urn:wxplane:request:` and the id that is in the log and in `x-request-id`. */
            readonly instance?: string;
            /** @description What a person can do about it. */
            readonly remedy?: string | {
                readonly en?: string;
                readonly zh?: string;
            };
            readonly status: number;
            readonly title: string;
            /** @description `urn:wxplane:problem:` and one of: invalid-request, unauthenticated, forbidden, protected-effect, not-found, method-not-allowed, component-unknown, authorizer-unknown, conflict, idempotency-conflict, payload-too-large, unsupported-media-type, rate-limited, authorizer-cancelled, authorizer-needs-reauthorization, ticket-missing, wechat-refused, wechat-unreachable, wechat-quota, broker-unreachable, unavailable, internal */
            readonly type: string;
            /** @description Where WeChat caused it. */
            readonly wechat?: {
                /** @description What else its answer said, such as the domains that are wrong. */
                readonly details?: {
                    readonly [key: string]: unknown;
                };
                readonly errcode?: number;
                readonly errmsg?: string;
                readonly rid?: string;
            };
        };
        readonly PromoteDraft: {
            /** @description May be 0. */
            readonly draft_id: number;
            /**
             * @description 0 normal (default), 1 standard, which WeChat no longer supports.
             * @enum {number}
             */
            readonly template_type?: 0 | 1;
        };
        readonly PublishRelease: {
            /** @description It may take the place of a newer version that is online. */
            readonly allow_older?: boolean;
        };
        readonly PublishWindowDto: {
            /** @description 1 Monday to 7 Sunday. */
            readonly days?: readonly number[];
            /** @description `HH:MM`; Beijing time unless `utc_offset_minutes` says otherwise. */
            readonly from: string;
            /** @description `HH:MM`; earlier than `from`: over midnight. */
            readonly to: string;
            readonly utc_offset_minutes?: number;
        };
        readonly QrRule: {
            /** @description Addresses to try it with before it is published: they begin with the prefix. */
            readonly debug_urls?: readonly string[];
            /** @description `true`: everything below the prefix belongs to this rule. */
            readonly exclusive?: boolean;
            /**
             * @description What is opened until the rule is published.
             * @enum {string}
             */
            readonly open_version: "development" | "trial" | "online";
            /** @description A page of the mini program, without leading slash. */
            readonly path: string;
            /**
             * Format: uri
             * @description Such as `https://shop.example.com/table/`.
             */
            readonly prefix: string;
        };
        readonly QrRulePage: {
            readonly items: readonly components["schemas"]["QrRuleView"][];
            /** @description For the page after this one; `null`: this is the last one. */
            readonly next_cursor: string | null;
            /** @description Publications left this month. */
            readonly publish_quota: number | null;
            readonly total: number | null;
        };
        readonly QrRulePrefix: {
            /**
             * Format: uri
             * @description Such as `https://shop.example.com/table/`.
             */
            readonly prefix: string;
        };
        readonly QrRuleView: {
            readonly debug_urls: readonly string[];
            readonly exclusive: boolean;
            /** @enum {string} */
            readonly open_version: "online" | "trial" | "development";
            readonly path: string;
            readonly prefix: string;
            readonly published: boolean;
        };
        readonly ReasonView: {
            /** @description Such as `quota`, `template`, `platform`, `operator`, `canary-failed`; of a mini program also `rejected`, `older`, `commit-failed`. */
            readonly code?: string;
            readonly detail?: string | null;
            readonly errcode?: number;
            readonly errmsg?: string;
            /** @description So long the reason explains the waiting; then a person has to look. ISO 8601. */
            readonly explained_until?: string;
            readonly remedy?: components["schemas"]["RemedyView"];
            readonly rid?: string;
            /** @description ISO 8601. */
            readonly since?: string;
        };
        readonly ReleaseMovePage: {
            readonly items: readonly components["schemas"]["ReleaseMoveView"][];
            /** @description For the page after this one; `null`: this is the last one. */
            readonly next_cursor: string | null;
        };
        readonly ReleaseMoveView: {
            readonly at: string;
            /** @description The step, event or reading that moved it. */
            readonly cause: string;
            readonly client_id: string | null;
            readonly detail: {
                readonly [key: string]: unknown;
            } | null;
            readonly from: string | null;
            readonly to: string;
        };
        readonly ReleasePage: {
            readonly items: readonly components["schemas"]["ReleaseView"][];
            /** @description For the page after this one; `null`: this is the last one. */
            readonly next_cursor: string | null;
        };
        readonly ReleasePolicyDto: {
            /** @description Rising percentages of the users, with pauses. */
            readonly gray?: readonly components["schemas"]["GrayStepDto"][];
            /**
             * @description `auto`: published as soon as the audit is approved.
             * @enum {string}
             */
            readonly publish?: "auto" | "manual";
            /** @description Publishing by itself happens only then. */
            readonly publish_window?: components["schemas"]["PublishWindowDto"];
            /** @description Findings of the pre-flight check that are not to hold a submission back; recorded in the release's history. */
            readonly skip_checks?: readonly ("privacy-guide" | "domains" | "template" | "ext-appid")[];
            /**
             * @description `auto`: submitted to audit as soon as the privacy scan is done and clean.
             * @enum {string}
             */
            readonly submit?: "auto" | "manual";
            /** @description Somebody else than the maker must approve before it is published, by itself or by hand. */
            readonly two_person?: boolean;
        };
        readonly ReleaseView: {
            readonly audit: components["schemas"]["AuditView"];
            readonly authorizer_appid: string;
            readonly committed_at: string | null;
            readonly component_appid: string;
            readonly created_at: string | null;
            readonly ext_json: Record<string, unknown>;
            readonly gray_percentage: number | null;
            readonly is_release: boolean;
            /** @description The last failure: step, errcode, errmsg, rid, remedy. */
            readonly last_error: components["schemas"]["FailureView"] | null;
            /** @description Something was refused or has failed, and nothing more happens by itself: see `last_error` and `waiting`. */
            readonly needs_attention: boolean;
            /** @description What may be asked of it now. */
            readonly next_steps: readonly string[];
            /** @description A step whose outcome is being read from WeChat. */
            readonly pending_step: string | null;
            readonly policy: {
                readonly [key: string]: unknown;
            };
            readonly release_id: number;
            readonly released_at: string | null;
            readonly rollout_id: number | null;
            /** @description What the privacy scan found; `null` until it is done. */
            readonly scan: {
                readonly [key: string]: unknown;
            } | null;
            /** @enum {string} */
            readonly state: "failed" | "ready" | "approved" | "rejected" | "withdrawn" | "created" | "released" | "stopped" | "superseded" | "reverted" | "auditing" | "scanning" | "graying";
            readonly template_id: number;
            readonly updated_at: string | null;
            readonly user_desc: string;
            readonly user_version: string;
            /** @description What it waits for. */
            readonly waiting: components["schemas"]["WaitingView"] | null;
        };
        readonly RemedyView: {
            readonly en: string;
            readonly zh: string;
        };
        readonly RetryRollout: {
            /** @description Also those that were skipped: each is looked at again. */
            readonly skipped?: boolean;
        };
        readonly Rollback: {
            /** @description Of the history; absent: the version before. */
            readonly app_version?: number;
        };
        readonly RolloutCountsView: {
            readonly failed: number;
            readonly pending: number;
            readonly running: number;
            readonly skipped: number;
            readonly succeeded: number;
            readonly total: number;
            /** @description Of those under way: they wait for a quota of their own mini program, and hold nobody up. */
            readonly waiting: number;
        };
        readonly RolloutOptionsDto: {
            /** @description So many mini programs go first. Default 0. */
            readonly canary_size?: number;
            /** @description Share of the canary that must succeed. Default 1. */
            readonly canary_success_share?: number;
            /** @description Between commit and submission at the same time. Default 20. */
            readonly concurrency?: number;
            /** @description The same as a share of those that were begun. What the preview named and was never begun does not count. Default 0.2. */
            readonly max_failure_share?: number;
            /** @description It pauses itself at so many failures. Default 20. */
            readonly max_failures?: number;
            /** @description Begun per minute. Default 120. */
            readonly per_minute?: number;
            /** @description Submissions of this month left for others. Default 10. */
            readonly quota_reserve?: number;
        };
        readonly RolloutPage: {
            readonly items: readonly components["schemas"]["RolloutView"][];
            /** @description For the page after this one; `null`: this is the last one. */
            readonly next_cursor: string | null;
        };
        readonly RolloutPreview: {
            /** @description Stands for everything that would be sent; give it to the start. */
            readonly hash: string;
            /** @description At most 500. */
            readonly problems: readonly components["schemas"]["PreviewProblem"][];
            readonly quota: {
                readonly [key: string]: number;
            } | null;
            readonly ready: number;
            readonly requests: readonly components["schemas"]["PreviewRequest"][];
            readonly targets: number;
            /** @description Sent all the same; at most 500. */
            readonly warnings: readonly components["schemas"]["PreviewProblem"][];
        };
        readonly RolloutSpec: {
            /** @description It may take the place of a newer version: without this nobody goes back to an older one. */
            readonly allow_older?: boolean;
            /** @description What reviewers are told; members given here win over the profile's. */
            readonly audit?: components["schemas"]["SubmitRelease"];
            /** @description With `{{variables}}`; absent: each mini program's stored one. */
            readonly ext_json?: {
                readonly [key: string]: unknown;
            };
            readonly name: string;
            readonly options?: components["schemas"]["RolloutOptionsDto"];
            /** @description Default: submit and publish by themselves. */
            readonly policy?: components["schemas"]["ReleasePolicyDto"];
            /** @description Name of a stored audit profile. */
            readonly profile?: string;
            /**
             * @description Mini programs that another rollout has not finished with are taken over from it: there they are skipped, what reviewers do not
             *     have yet is given up, and reviews that run end first. Without this the start is refused when rollouts overlap.
             */
            readonly take_over?: boolean;
            readonly targets: components["schemas"]["RolloutTargets"];
            readonly template_id: number;
            readonly user_desc: string;
            readonly user_version: string;
            /** @description The rollout's own layer of variables. */
            readonly variables?: {
                readonly [key: string]: unknown;
            };
        };
        readonly RolloutTargetPage: {
            readonly items: readonly components["schemas"]["RolloutTargetView"][];
            /** @description For the page after this one; `null`: this is the last one. */
            readonly next_cursor: string | null;
        };
        readonly RolloutTargetView: {
            readonly attempts: number;
            readonly auditid: string | null;
            readonly authorizer_appid: string;
            readonly is_canary: boolean;
            /** @description What went wrong, or why it was skipped: `code`, `detail`, perhaps `errcode`, `remedy`. */
            readonly reason: components["schemas"]["ReasonView"] | null;
            readonly release_id: number | null;
            readonly release_state: string | null;
            readonly state: string;
            readonly updated_at: string;
        };
        readonly RolloutTargets: {
            /** @description Every mini program that has authorized the component. */
            readonly all?: boolean;
            /** @description Named ones, in this order; the first ones are the canary. */
            readonly list?: readonly string[];
            /** @description Those whose online version is this one, as last read. */
            readonly online_version?: string;
            /** @description Those that carry this tag. */
            readonly tag?: string;
        };
        readonly RolloutView: {
            readonly component_appid: string;
            readonly counts: components["schemas"]["RolloutCountsView"];
            readonly created_at: string;
            readonly finished_at: string | null;
            readonly name: string;
            /** @description It is paused, or waits longer than its reason explains, or mini programs of it do. */
            readonly needs_attention: boolean;
            readonly options: {
                readonly [key: string]: unknown;
            };
            readonly policy: {
                readonly [key: string]: unknown;
            };
            /** @description Ended ones of all, 0 to 1. */
            readonly progress: number;
            /** @description Why it waits or was paused. */
            readonly reason: components["schemas"]["ReasonView"] | null;
            readonly rollout_id: number;
            readonly stage: string;
            readonly state: string;
            readonly template_id: number;
            readonly updated_at: string;
            readonly user_version: string;
        };
        readonly ScreenshotPage: {
            readonly items: readonly components["schemas"]["ScreenshotView"][];
            /** @description For the page after this one; `null`: this is the last one. */
            readonly next_cursor: string | null;
        };
        readonly ScreenshotView: {
            readonly bytes: number | null;
            readonly content_type: string | null;
            readonly media_id: string;
            readonly note: string | null;
            /** @description `pending`, `stored`, or `lost` when WeChat had it no more. */
            readonly state: string;
        };
        readonly SearchStatus: {
            /** @description Whether the mini program can be found by searching. */
            readonly searchable: boolean;
        };
        readonly SearchStatusView: {
            readonly searchable: boolean;
        };
        readonly Signature: {
            /** @description 4 to 120 characters. */
            readonly signature: string;
        };
        readonly StartRollout: {
            /** @description It may take the place of a newer version: without this nobody goes back to an older one. */
            readonly allow_older?: boolean;
            /** @description What reviewers are told; members given here win over the profile's. */
            readonly audit?: components["schemas"]["SubmitRelease"];
            /** @description With `{{variables}}`; absent: each mini program's stored one. */
            readonly ext_json?: {
                readonly [key: string]: unknown;
            };
            readonly name: string;
            readonly options?: components["schemas"]["RolloutOptionsDto"];
            /** @description Default: submit and publish by themselves. */
            readonly policy?: components["schemas"]["ReleasePolicyDto"];
            /** @description `hash` of the preview: if anything has changed since, nothing is started. */
            readonly preview_hash: string;
            /** @description Name of a stored audit profile. */
            readonly profile?: string;
            /**
             * @description Mini programs that another rollout has not finished with are taken over from it: there they are skipped, what reviewers do not
             *     have yet is given up, and reviews that run end first. Without this the start is refused when rollouts overlap.
             */
            readonly take_over?: boolean;
            readonly targets: components["schemas"]["RolloutTargets"];
            readonly template_id: number;
            readonly user_desc: string;
            readonly user_version: string;
            /** @description The rollout's own layer of variables. */
            readonly variables?: {
                readonly [key: string]: unknown;
            };
        };
        readonly SubmitNow: {
            /** @description Read by WeChat only after a rejection; at most 200 characters. */
            readonly feedback_info?: string;
            /** @description Media ids joined by `|`, at most 5. */
            readonly feedback_stuff?: string;
            readonly item_list?: readonly components["schemas"]["AuditItemDto"][];
            readonly order_path?: string;
            readonly preview_info?: components["schemas"]["PreviewInfoDto"];
            /** @description Declares that privacy APIs found by the scan are not used. */
            readonly privacy_api_not_use?: boolean;
            /** @description Findings of the pre-flight check that are not to hold it back: WeChat would let them pass. Recorded in the audit log. */
            readonly skip_checks?: readonly ("privacy-guide" | "domains" | "template" | "ext-appid")[];
            readonly ugc_declare?: components["schemas"]["UgcDeclareDto"];
            /** @description What this version does; a login for the reviewer. */
            readonly version_desc?: string;
        };
        readonly SubmitRelease: {
            /** @description Read by WeChat only after a rejection; at most 200 characters. */
            readonly feedback_info?: string;
            /** @description Media ids joined by `|`, at most 5. */
            readonly feedback_stuff?: string;
            readonly item_list?: readonly components["schemas"]["AuditItemDto"][];
            readonly order_path?: string;
            readonly preview_info?: components["schemas"]["PreviewInfoDto"];
            /** @description Declares that privacy APIs found by the scan are not used. */
            readonly privacy_api_not_use?: boolean;
            readonly ugc_declare?: components["schemas"]["UgcDeclareDto"];
            /** @description What this version does; a login for the reviewer. */
            readonly version_desc?: string;
        };
        readonly TagsBody: {
            readonly tags: readonly string[];
        };
        readonly TemplateComparison: {
            readonly differences: readonly components["schemas"]["TemplateDifferenceView"][];
            readonly from: components["schemas"]["TemplateView"];
            readonly to: components["schemas"]["TemplateView"];
        };
        readonly TemplateDifferenceView: {
            readonly from: string | null;
            readonly member: string;
            readonly to: string | null;
        };
        readonly TemplatePage: {
            readonly items: readonly components["schemas"]["TemplateView"][];
            /** @description WeChat keeps 200 at most. */
            readonly limit: number;
            /** @description For the page after this one; `null`: this is the last one. */
            readonly next_cursor: string | null;
        };
        readonly TemplateView: {
            readonly created_at: string;
            readonly developer: string | null;
            readonly draft_id: number | null;
            readonly source_miniprogram: string | null;
            readonly source_miniprogram_appid: string | null;
            readonly template_id: number;
            /** @description 0 normal, 1 standard. */
            readonly template_type: number;
            readonly user_desc: string;
            readonly user_version: string;
        };
        readonly Tester: {
            /** @description WeChat id (微信号) of the person. */
            readonly wechatid: string;
        };
        readonly UgcDeclareDto: {
            readonly audit_desc?: string;
            /** @enum {number} */
            readonly has_audit_team?: 0 | 1;
            /** @description 1 WeChat's content security, 2 another product, 3 people, 4 none. */
            readonly method?: readonly number[];
            readonly other_scene_desc?: string;
            /** @description 0 none, 1 profile, 2 image, 3 video, 4 text, 5 audio. */
            readonly scene?: readonly number[];
        };
        readonly UnbindTester: {
            /** @description As the list of testers names them. */
            readonly userstr?: string;
            readonly wechatid?: string;
        };
        readonly UpdatePlugin: {
            readonly user_version: string;
        };
        readonly VersionView: {
            readonly at: string;
            readonly description: string;
            readonly version: string;
        };
        readonly VersionsView: {
            readonly authorizer_appid: string;
            readonly online: components["schemas"]["VersionView"] | null;
            readonly read_at: string;
            readonly trial: components["schemas"]["VersionView"] | null;
        };
        readonly VisitStatus: {
            /**
             * @description `close` takes the mini program out of service for its users.
             * @enum {string}
             */
            readonly action: "open" | "close";
        };
        readonly WaitingView: {
            /** @description Why it was stopped, as a word. */
            readonly code?: string;
            /** @description What WeChat refused with, of a quota or penalty of the mini program itself (`account`). */
            readonly errcode?: number;
            /** @description So long `since` and `errcode` explain it; then a person has to look. ISO 8601. */
            readonly explained_until?: string;
            /**
             * @description Absent: for nothing, it was stopped.
             * @enum {string}
             */
            readonly for?: "operator" | "account" | "gray" | "rollout" | "window" | "approval" | "gray-pause";
            /** @description Of the gray step that was sent. */
            readonly percentage?: number;
            readonly reason?: string;
            /** @description ISO 8601. */
            readonly since?: string;
            /** @description ISO 8601; of a window, a pause or a quota. */
            readonly until?: string;
        };
        readonly WebviewDomains: {
            /** @enum {string} */
            readonly action?: "add" | "delete" | "set" | "get";
            /** @description Without registering them with the platform first. */
            readonly directly?: boolean;
            readonly webviewdomain?: readonly string[];
        };
        readonly WechatAnswer: Record<string, unknown>;
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    readonly ExtSettingsController_profiles: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AuditProfilePage"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ExtSettingsController_writeProfile: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                readonly profile: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["AuditProfile"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AuditProfileView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ExtSettingsController_deleteProfile: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                readonly profile: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ComponentReleasesController_auditQuota: {
        readonly parameters: {
            readonly query?: {
                /** @description The mini program to ask with; the quota is the platform's in any case. */
                readonly authorizer_appid?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AuditQuotaView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly VersionsController_auditCategories: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WechatAnswer"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly VersionsController_uploadMedia: {
        readonly parameters: {
            readonly query?: {
                /** @description Shown to nobody; WeChat wants one. */
                readonly filename?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "image/gif": string;
                readonly "image/jpeg": string;
                readonly "image/png": string;
                readonly "video/mp4": string;
            };
        };
        readonly responses: {
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AuditMedia"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly IdentityController_avatar: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["Avatar"];
            };
        };
        readonly responses: {
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly SettingsController_baseLibrary: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WechatAnswer"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly SettingsController_setBaseLibrary: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["BaseLibrary"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WechatAnswer"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly IdentityController_basicInfo: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WechatAnswer"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly CategoriesController_categories: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["CategoriesView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly CategoriesController_add: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["AddCategories"];
            };
        };
        readonly responses: {
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["CategoriesView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly CategoriesController_available: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PossibleCategories"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly CategoriesController_correct: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
                readonly first: number;
                readonly second: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["CorrectCategory"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["CategoriesView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly CategoriesController_delete: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
                readonly first: number;
                readonly second: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly DomainsController_read: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WechatAnswer"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly DomainsController_domains: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["Domains"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WechatAnswer"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly DomainsController_effectiveDomains: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WechatAnswer"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ExtSettingsController_own: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ExtSettingsView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ExtSettingsController_writeOwn: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["ExtSettings"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ExtSettingsView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly VersionsController_grayRelease: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WechatAnswer"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly IdentityController_icpFiling: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["IcpFilingView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly VersionsController_uploadTemporary: {
        readonly parameters: {
            readonly query?: {
                /** @description Shown to nobody; WeChat wants one. */
                readonly filename?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "image/gif": string;
                readonly "image/jpeg": string;
                readonly "image/png": string;
            };
        };
        readonly responses: {
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["MediaView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly IdentityController_nickname: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["Nickname"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["NicknameView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly IdentityController_nicknameAudit: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
                readonly audit_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["NicknameAuditView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly IdentityController_checkNickname: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["NicknameCheck"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["NicknameCheckView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly VersionsController_pages: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WechatAnswer"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly PluginsController_plugins: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PluginPage"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly PluginsController_apply: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["ApplyPlugin"];
            };
        };
        readonly responses: {
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PluginPage"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly PluginsController_update: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
                readonly plugin_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["UpdatePlugin"];
            };
        };
        readonly responses: {
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly PluginsController_unbind: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
                readonly plugin_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly DomainsController_prefetchDomains: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PrefetchDomainsView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly DomainsController_setPrefetchDomains: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["PrefetchDomains"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PrefetchDomainsView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly SettingsController_privacyInterfaces: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PrivacyInterfacePage"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly SettingsController_applyPrivacyInterface: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["PrivacyInterfaceApplication"];
            };
        };
        readonly responses: {
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PrivacyInterfaceApplied"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly SettingsController_privacySettings: {
        readonly parameters: {
            readonly query: {
                readonly privacy_ver: 1 | 2;
            };
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WechatAnswer"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly SettingsController_setPrivacySettings: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["PrivacySettings"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WechatAnswer"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly SettingsController_uploadPrivacyFile: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "text/plain": string;
            };
        };
        readonly responses: {
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PrivacyFile"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly QrRulesController_rules: {
        readonly parameters: {
            readonly query?: {
                /** @description Entries of a page at most. A page may be shorter; the last one has no `next_cursor`. */
                readonly limit?: number;
                /** @description `next_cursor` of the page before; absent: the first page. */
                readonly cursor?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["QrRulePage"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly QrRulesController_edit: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["QrRule"];
            };
        };
        readonly responses: {
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly QrRulesController_add: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["QrRule"];
            };
        };
        readonly responses: {
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly QrRulesController_checkFile: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ConfirmFileView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly QrRulesController_delete: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["QrRulePrefix"];
            };
        };
        readonly responses: {
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly QrRulesController_publish: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["QrRulePrefix"];
            };
        };
        readonly responses: {
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly VersionsController_rollback: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["Rollback"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["VersionsView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly IdentityController_searchStatus: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SearchStatusView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly IdentityController_setSearchStatus: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["SearchStatus"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SearchStatusView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly IdentityController_signature: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["Signature"];
            };
        };
        readonly responses: {
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly FleetController_tags: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["TagsBody"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["TagsBody"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly SettingsController_testers: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WechatAnswer"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly SettingsController_bindTester: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["Tester"];
            };
        };
        readonly responses: {
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WechatAnswer"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly SettingsController_unbindTester: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["UnbindTester"];
            };
        };
        readonly responses: {
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly VersionsController_versions: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["VersionsView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly VersionsController_history: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["HistoryView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly VersionsController_visitStatus: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WechatAnswer"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly VersionsController_setVisitStatus: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["VisitStatus"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WechatAnswer"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly DomainsController_readWebview: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WechatAnswer"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly DomainsController_webviewDomains: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["WebviewDomains"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WechatAnswer"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly DomainsController_webviewConfirmFile: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ConfirmFileView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly DomainsController_effectiveWebviewDomains: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                /** @description Appid of the account that has authorized the component. */
                readonly authorizer_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WechatAnswer"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ExtSettingsController_platform: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ExtSettingsView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ExtSettingsController_writePlatform: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["ExtSettings"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ExtSettingsView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly PlatformDomainsController_jumpDomains: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PlatformDomainsView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly PlatformDomainsController_changeJumpDomains: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["PlatformDomains"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PlatformDomainsView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly PlatformDomainsController_confirmFile: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ConfirmFileView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly FleetController_search: {
        readonly parameters: {
            readonly query?: {
                /** @description Entries of a page at most. A page may be shorter; the last one has no `next_cursor`. */
                readonly limit?: number;
                /** @description `next_cursor` of the page before; absent: the first page. */
                readonly cursor?: string;
                /** @description Only those that run this version. */
                readonly online_version?: string;
                /** @description Only those that do not run this version: what a rollout of it would still have to reach. */
                readonly not_online_version?: string;
                /** @description Only those that do not run this template, or of which that is not known. */
                readonly not_template_id?: number;
                /** @description Only those whose `ext_json` online is another one: SHA-256 in hex of the text that was committed. */
                readonly not_ext_hash?: string;
                /** @description `elsewhere`: only those that run what was not put online from here. */
                readonly drift?: "none" | "elsewhere" | "unknown";
                readonly tag?: string;
                readonly state?: "active" | "degraded" | "needs_reauthorization" | "cancelled";
            };
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["FleetPage"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly FleetController_summary: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["FleetSummary"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ComponentReleasesController_search: {
        readonly parameters: {
            readonly query?: {
                /** @description Entries of a page at most. A page may be shorter; the last one has no `next_cursor`. */
                readonly limit?: number;
                /** @description `next_cursor` of the page before; absent: the first page. */
                readonly cursor?: string;
                readonly authorizer_appid?: string;
                /** @description One or more states, joined by commas. */
                readonly state?: readonly ("created" | "scanning" | "ready" | "auditing" | "approved" | "rejected" | "withdrawn" | "graying" | "released" | "reverted" | "superseded" | "failed" | "stopped")[];
                readonly user_version?: string;
                readonly template_id?: number;
                readonly rollout_id?: number;
            };
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ReleasePage"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ComponentReleasesController_create: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["CreateRelease"];
            };
        };
        readonly responses: {
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ReleaseView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ComponentRolloutsController_search: {
        readonly parameters: {
            readonly query?: {
                /** @description Entries of a page at most. A page may be shorter; the last one has no `next_cursor`. */
                readonly limit?: number;
                /** @description `next_cursor` of the page before; absent: the first page. */
                readonly cursor?: string;
                readonly state?: "running" | "waiting" | "paused" | "completed" | "aborted";
            };
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RolloutPage"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ComponentRolloutsController_start: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["StartRollout"];
            };
        };
        readonly responses: {
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RolloutView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ComponentRolloutsController_preview: {
        readonly parameters: {
            readonly query: {
                /** @description Requests shown in full. */
                readonly limit: number;
                /** @description So many of the first targets are compared with WeChat: categories, and whether a review is pending. */
                readonly live: number;
            };
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["RolloutSpec"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RolloutPreview"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly PlatformDomainsController_serverDomains: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PlatformDomainsView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly PlatformDomainsController_changeServerDomains: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["PlatformDomains"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PlatformDomainsView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly TemplateController_drafts: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["DraftPage"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly TemplateController_compareDraft: {
        readonly parameters: {
            readonly query?: {
                /** @description The template that is compared with; absent: the newest before. */
                readonly with?: number;
            };
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                readonly draft_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["DraftComparison"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly TemplateController_list: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["TemplatePage"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly TemplateController_promote: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["PromoteDraft"];
            };
        };
        readonly responses: {
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["TemplateView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly TemplateController_delete: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                readonly template_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly TemplateController_compare: {
        readonly parameters: {
            readonly query?: {
                /** @description The template that is compared with; absent: the newest before. */
                readonly with?: number;
            };
            readonly header?: never;
            readonly path: {
                /** @description Appid of the third-party platform (第三方平台). */
                readonly component_appid: string;
                readonly template_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["TemplateComparison"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ReleaseController_get: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly release_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ReleaseView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ReleaseController_abandon: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly release_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ReleaseView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ReleaseController_approve: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly release_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["ApproveRelease"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ReleaseView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ReleaseController_gray: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly release_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["GrayRelease"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ReleaseView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ReleaseController_health: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly release_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["HealthSignal"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ReleaseView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ReleaseController_history: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly release_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ReleaseMovePage"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ReleaseController_preflight: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly release_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PreflightView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ReleaseController_publish: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly release_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["PublishRelease"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ReleaseView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ReleaseController_recommit: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly release_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ReleaseView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ReleaseController_revertGray: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly release_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ReleaseView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ReleaseController_screenshots: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly release_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ScreenshotPage"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ReleaseController_screenshot: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly release_id: number;
                readonly media_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ReleaseController_speedUp: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly release_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ReleaseView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ReleaseController_submit: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly release_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["SubmitNow"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ReleaseView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ReleaseController_trialQrcode: {
        readonly parameters: {
            readonly query?: {
                /** @description A page with its query string, without leading slash. */
                readonly path?: string;
            };
            readonly header?: never;
            readonly path: {
                readonly release_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly ReleaseController_withdraw: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly release_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ReleaseView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly RolloutController_get: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly rollout_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RolloutView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly RolloutController_abort: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly rollout_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RolloutView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly RolloutController_approve: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly rollout_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RolloutView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly RolloutController_events: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly rollout_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly RolloutController_pause: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly rollout_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RolloutView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly RolloutController_report: {
        readonly parameters: {
            readonly query: {
                readonly format: "json" | "csv";
            };
            readonly header?: never;
            readonly path: {
                readonly rollout_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly RolloutController_resume: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly rollout_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RolloutView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly RolloutController_retry: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly rollout_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["RetryRollout"];
            };
        };
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RolloutView"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly RolloutController_targets: {
        readonly parameters: {
            readonly query?: {
                /** @description Entries of a page at most. A page may be shorter; the last one has no `next_cursor`. */
                readonly limit?: number;
                /** @description `next_cursor` of the page before; absent: the first page. */
                readonly cursor?: string;
                readonly state?: "pending" | "running" | "succeeded" | "failed" | "skipped";
            };
            readonly header?: never;
            readonly path: {
                readonly rollout_id: number;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RolloutTargetPage"];
                };
            };
            /** @description What went wrong. `Retry-After` says when a repetition makes sense. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
