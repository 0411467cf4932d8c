import type { HelmValues } from "../helm/values";
import { escapeTemplate } from "../helm/values";
import type { GrafanaArgs, GrafanaOidcArgs } from "./args";

/** Name of the Secret with the client secret, without `oidc.existingSecret`. */
export const oidcSecretName = "grafana-oidc";

/** Key of the client secret in its Secret. */
export const oidcSecretKey = "client-secret";

/** Name of the Secret with the client secret. undefined without OIDC. */
export function oidcSecretOf({ oidc }: GrafanaArgs): string | undefined {
    return oidc && (oidc.existingSecret ?? oidcSecretName);
}

/** Helm values of the login with OIDC. */
export function oidcValues(args: GrafanaArgs): HelmValues {
    const { oidc } = args;
    return oidc === undefined
        ? {}
        : {
              "grafana.ini": { "auth.generic_oauth": oidcSection(oidc) },
              // Grafana reads the key client_secret from this variable, so that grafana.ini does not contain it.
              envValueFrom: {
                  GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET: {
                      secretKeyRef: { name: oidcSecretOf(args), key: oidcSecretKey },
                  },
              },
          };
}

/** The section auth.generic_oauth of grafana.ini. */
function oidcSection(oidc: GrafanaOidcArgs): HelmValues {
    const optional = {
        role_attribute_path: oidc.roleAttributePath,
        groups_attribute_path: oidc.groupsAttributePath,
        signout_redirect_url: oidc.signoutUrl,
    };
    const given = Object.entries(optional).filter(([, value]) => value !== undefined);
    return {
        enabled: true,
        name: quoted(oidc.name ?? "Single sign-on"),
        client_id: quoted(oidc.clientId),
        scopes: quoted((oidc.scopes ?? ["openid", "profile", "email"]).join(" ")),
        auth_url: quoted(oidc.authUrl),
        token_url: quoted(oidc.tokenUrl),
        api_url: quoted(oidc.apiUrl),
        use_pkce: true,
        allow_sign_up: oidc.allowSignUp ?? true,
        auto_login: oidc.autoLogin ?? false,
        role_attribute_strict: oidc.requireRole ?? false,
        // Otherwise an identity provider could create administrators of the whole server.
        allow_assign_grafana_admin: false,
        ...Object.fromEntries(given.map(([key, value]) => [key, quoted(value ?? "")])),
        // The chart writes lists as JSON, so that names can contain spaces.
        ...(oidc.allowedGroups && { allowed_groups: oidc.allowedGroups }),
        ...(oidc.allowedDomains && { allowed_domains: oidc.allowedDomains }),
    };
}

/**
 * Quotes a text for grafana.ini. Without quotes, "#" and ";" begin a comment, and the quotes of a text such as 'Viewer' are removed. The chart
 * evaluates the text as a template.
 */
function quoted(text: string): string {
    return `"""${escapeTemplate(text)}"""`;
}
