import { containers, type KubernetesObject } from "../objects";
import type { ObjectRule } from "../rule";

const secretName =
    /(^|[^a-z])(pass(word|wd|phrase)?|secret|token|credentials?|(api|access|secret|private|signing|encryption)[-_.]?key)$/;

/** Splits the words of a name: "adminPassword" becomes "admin_password". */
function isSecretName(name: string): boolean {
    return secretName.test(name.replace(/([a-z\d])([A-Z])/g, "$1_$2").toLowerCase());
}

/** Values that are no secrets: references, paths, placeholders, numbers and switches. */
function isHarmless(value: string): boolean {
    const text = value.trim().replace(/^(["'])(.*)\1[,;]?$/, "$2");
    return (
        text === "" ||
        /^(true|false|null|~|none|-?\d+(\.\d+)?[smhd]?)$/i.test(text) ||
        // A variable of the shell, of Kubernetes, of a configuration file or of a template.
        /^[$%][({\w]/.test(text) ||
        /^\{\{/.test(text) ||
        // A function of Alloy or a reference to a component, such as sys.env("KEY").
        /^[a-z_]+(\.[a-z_]+)*\(/i.test(text) ||
        /^<[a-z ]+>$/i.test(text) ||
        /^\*+$/.test(text) ||
        // A path.
        /^\.{0,2}\/[^\s]*$/.test(text) ||
        // The beginning of a nested value.
        /^[[{|>]/.test(text)
    );
}

const literals: [RegExp, string][] = [
    [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, "a private key"],
    [/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/, "a JSON web token"],
    [/\b(AKIA|ASIA)[0-9A-Z]{16}\b/, "an AWS access key"],
    [/\b(gh[pousr]_\w{30,}|github_pat_\w{30,})/, "a GitHub token"],
    [/\bglsa_\w{20,}/, "a Grafana token"],
    [/\bxox[abpr]-[\w-]{10,}/, "a Slack token"],
    [/\bhttps:\/\/hooks\.slack\.com\/services\/\w+\/\w+\/\w+/, "the URL of a Slack webhook"],
];
const urlWithPassword = /\b[a-z][a-z\d+.-]*:\/\/[^\s/:@"'$]*:([^\s/@"']+)@/gi;

/** What a text contains that looks like a secret. Undefined if there is nothing. */
function secretIn(text: string): string | undefined {
    const literal = literals.find(([pattern]) => pattern.test(text))?.[1];
    const passwords = [...text.matchAll(urlWithPassword)].map(([, password = ""]) => password);
    return literal ?? (passwords.some((password) => !isHarmless(password)) ? "a URL with a password" : undefined);
}

// "key: value" of YAML, "key = value" of INI, Alloy and shell, `"key": "value"` of JSON.
const assignment = /^[\s{,-]*(["']?)([A-Za-z][\w.-]*)\1\s*[:=]\s*(\S.*?)\s*$/;

// Part of every secret that is found. Most lines of a dashboard have none of these words, and need no further checks.
const suspicious =
    /pass|secret|token|credential|key|eyJ|AKIA|ASIA|gh[pousr]_|github_pat|glsa_|xox|hooks\.slack|:\/\/[^\s/]*@/i;

function secretInLine(line: string): string | undefined {
    if (!suspicious.test(line)) {
        return undefined;
    }
    const [, , key = "", value = ""] = assignment.exec(line) ?? [];
    return isSecretName(key) && !isHarmless(value) ? `a value of the key ${key}` : secretIn(line);
}

const remedy = "Put it into a Secret, and refer to it by secretKeyRef, envFrom or a mounted file.";

function inConfigMap({ data }: Record<string, any>): string[] {
    return Object.entries((data ?? {}) as Record<string, string>).flatMap(([file, text]) => {
        const found = isSecretName(file) && !isHarmless(text) && !text.includes("\n") ? "a value" : undefined;
        const lines = String(text).split("\n");
        const line = lines.findIndex((candidate) => secretInLine(candidate) !== undefined);
        return found !== undefined
            ? [`key ${file} contains ${found} in clear text. ${remedy}`]
            : line === -1
              ? []
              : [`key ${file}, line ${line + 1}, contains ${secretInLine(lines[line] ?? "")} in clear text. ${remedy}`];
    });
}

function inArguments(words: string[]): string | undefined {
    return words
        .map((word, index) => {
            const [, flag = "", value] = /^-{1,2}([\w.-]+)(?:=(.*))?$/s.exec(word) ?? [];
            const next = words[index + 1] ?? "";
            const given = value ?? (next.startsWith("-") ? "" : next);
            return isSecretName(flag) && !isHarmless(given)
                ? `a value of the argument ${flag}`
                : word.split("\n").map(secretInLine).find(Boolean);
        })
        .find((found) => found !== undefined);
}

function inContainers(object: KubernetesObject): string[] {
    return containers(object).flatMap(({ name, env = [], args = [], command = [] }) => {
        const found = inArguments([...command, ...args]);
        return [
            ...env.flatMap(({ name: variable, value = "" }) => {
                const what = isSecretName(variable) && !isHarmless(value) ? "a value" : secretIn(value);
                return what === undefined
                    ? []
                    : [
                          `container "${name}", environment variable ${variable}, contains ${what} in clear text. ${remedy}`,
                      ];
            }),
            ...(found === undefined ? [] : [`container "${name}" has ${found} in clear text. ${remedy}`]),
        ];
    });
}

/** Everybody who may read objects of the namespace sees ConfigMaps and pod templates. Messages never contain the value. */
export const plaintextSecret: ObjectRule = {
    name: "plaintext-secret",
    description: "No ConfigMap, environment variable or argument contains a secret in clear text.",
    check: (object) => (object.kind === "ConfigMap" ? inConfigMap(object) : inContainers(object)),
};
