import { isUrl } from "./urls";

/** What a probe checks. */
export const probeModules = ["http_2xx", "tcp_connect", "tls_connect", "grpc", "grpc_plain"] as const;

/** A probe with its address. */
interface Probe {
    name: string;
    url: string;
    module?: string | undefined;
}

/** Something wrong with a probe: the path of its key, and a sentence without the key. */
export interface ProbeMistake {
    path: (string | number)[];
    message: string;
}

/** Valid names, for error messages. */
export const probeNameForm = "1 to 63 letters, digits, '-', '_' and '.'";

export function isProbeName(text: string): boolean {
    return /^[\w.-]{1,63}$/.test(text);
}

/** Why the address of a probe does not fit its module. Undefined if it does. */
function addressMistake({ url, module = "http_2xx" }: Probe): string | undefined {
    if (module === "http_2xx") {
        return isUrl(url)
            ? undefined
            : `is ${JSON.stringify(withoutCredentials(url))}; with the module http_2xx it must be a URL such as "https://shop.example.com/health", without user and password`;
    }
    return /^(\[[\da-fA-F:]+\]|[\w.-]+):\d{1,5}$/.test(url)
        ? undefined
        : `is ${JSON.stringify(withoutCredentials(url))}; with the module ${module} it must be a host and a port such as "shop.example.com:443"`;
}

// The part before "@" can be a password.
function withoutCredentials(url: string): string {
    return url.replace(/^(\w+:\/\/)?[^/]*@/, "$1…@");
}

/** The mistakes in a list of probes: names that are used twice, the same target twice, and addresses that do not fit the module. */
export function probeMistakes(probes: readonly Probe[]): ProbeMistake[] {
    const target = ({ url, module = "http_2xx" }: Probe) => `${module} ${url}`;
    return probes.flatMap((probe, index): ProbeMistake[] => {
        const before = probes.slice(0, index);
        const sameName = before.findIndex(({ name }) => name === probe.name);
        const sameTarget = before.findIndex((other) => target(other) === target(probe));
        const wrongAddress = addressMistake(probe);
        return [
            ...(sameName >= 0
                ? [
                      {
                          path: [index, "name"],
                          message: `is ${JSON.stringify(probe.name)}, and so is that of probe ${sameName + 1}; each probe needs its own name`,
                      },
                  ]
                : []),
            ...(wrongAddress !== undefined ? [{ path: [index, "url"], message: wrongAddress }] : []),
            ...(sameTarget >= 0 && wrongAddress === undefined
                ? [
                      {
                          path: [index, "url"],
                          message: `is the same as that of probe ${sameTarget + 1}, with the same module, so that the target would be probed twice; remove one of them`,
                      },
                  ]
                : []),
        ];
    });
}
