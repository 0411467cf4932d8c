/** Scheme of an authentication. "basic": user name and password. "bearer": a token. */
export const AuthScheme = { Basic: "basic", Bearer: "bearer" } as const;
export type AuthScheme = (typeof AuthScheme)[keyof typeof AuthScheme];

/** Authentication of requests to a backend. */
export interface BackendAuthArgs {
    /** Scheme of the authentication. Default: "basic". */
    scheme?: AuthScheme;
    /** Name of a Secret in the same namespace: with the keys username and password for "basic", with the key token for "bearer". */
    existingSecret: string;
}

/** Authentication of requests to each backend. */
export interface BackendsAuthArgs {
    /** Authentication at Loki. Default: none. */
    loki?: BackendAuthArgs;
    /** Authentication at Tempo. Default: none. */
    tempo?: BackendAuthArgs;
    /** Authentication at Mimir, or at another store of metrics. Default: none. */
    mimir?: BackendAuthArgs;
    /** Authentication at Pyroscope. Default: none. */
    pyroscope?: BackendAuthArgs;
    /** Authentication at the Alertmanager, with the scheme "basic". Default: none. */
    alertmanager?: BackendAuthArgs;
}

/** A backend, or the receiver to which the collector exports. */
type BackendName = keyof BackendsAuthArgs | "otlp";

/** Name of the environment variable with a key of the Secret of a backend. */
export function authVariable(backend: BackendName, key: "username" | "password" | "token"): string {
    return `${variablePrefix(backend)}${key}`;
}

function variablePrefix(backend: BackendName): string {
    return `${backend.toUpperCase()}_`;
}

/** The Secrets of some backends, each with the prefix of its environment variables. */
export function authSecrets(
    auth: Partial<Record<BackendName, BackendAuthArgs>> = {},
    backends: BackendName[],
): { name: string; prefix: string }[] {
    return backends.flatMap((backend) => {
        const name = auth[backend]?.existingSecret;
        return name === undefined ? [] : [{ name, prefix: variablePrefix(backend) }];
    });
}

/** The same Secrets as sources of environment variables of a container. */
export function authEnv(
    auth: Partial<Record<BackendName, BackendAuthArgs>> | undefined,
    backends: BackendName[],
): object[] {
    return authSecrets(auth, backends).map(({ name, prefix }) => ({ prefix, secretRef: { name } }));
}

/**
 * The basic authentication of a ruler at an Alertmanager, in the configuration of Loki and Mimir. Both replace `${NAME}` with an environment variable
 * if they are started with -config.expand-env.
 */
export function alertmanagerClient({ alertmanager }: BackendsAuthArgs = {}): object {
    const variable = (key: "username" | "password") => `\${${authVariable("alertmanager", key)}}`;
    return alertmanager === undefined
        ? {}
        : {
              alertmanager_client: {
                  basic_auth_username: variable("username"),
                  basic_auth_password: variable("password"),
              },
          };
}

/**
 * The authentication of a remote write client in the configuration of Loki and Tempo. Both replace `${NAME}` with an environment variable if they
 * are started with -config.expand-env.
 */
export function remoteWriteAuth({ mimir }: BackendsAuthArgs = {}): object {
    const variable = (key: "username" | "password" | "token") => `\${${authVariable("mimir", key)}}`;
    switch (mimir && (mimir.scheme ?? AuthScheme.Basic)) {
        case undefined:
            return {};
        case AuthScheme.Basic:
            return { basic_auth: { username: variable("username"), password: variable("password") } };
        case AuthScheme.Bearer:
            return { authorization: { type: "Bearer", credentials: variable("token") } };
    }
}
