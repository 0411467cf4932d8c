import { defaultSecretKey } from "../components/mimir/alertmanager";
import type { ReceiverKind } from "../components/mimir/args";
import type { Mistake, Path } from "./rule";
import type { CheckedSettings } from "./schema";

type Receiver = CheckedSettings["alerting"]["receivers"][number];

/** Required and optional keys of each kind of receiver. */
const receiverKeys: Record<ReceiverKind, { required: Key[]; optional: Key[] }> = {
    webhook: { required: [], optional: ["url", "existingSecret"] },
    slack: { required: ["existingSecret"], optional: ["channel"] },
    pagerduty: { required: ["existingSecret"], optional: [] },
    email: { required: ["to", "from", "smarthost"], optional: ["username", "existingSecret"] },
    oncall: { required: ["existingSecret"], optional: [] },
};

/** The confidential value of each kind of receiver. */
const confidential: Record<ReceiverKind, string> = {
    webhook: "the URL",
    slack: "the webhook URL",
    pagerduty: "the routing key",
    email: "the password of the mail server",
    oncall: "the webhook URL",
};

/** What each key is, for messages. */
const meanings = {
    url: () => "the URL",
    existingSecret: (kind: ReceiverKind) =>
        `the name of a Secret with ${confidential[kind]} in the key "${defaultSecretKey[kind]}"`,
    channel: () => "the channel",
    to: () => "the recipient's email address",
    from: () => "the sender's email address",
    smarthost: () => 'the mail server and its port, such as "mail.example.com:587"',
    username: () => "the user name for the mail server",
};
type Key = keyof typeof meanings;

/** Mistakes in receivers: missing keys, keys of other kinds, and repeated names. */
export function receiverMistakes({ alerting: { receivers } }: CheckedSettings): Mistake[] {
    return receivers.flatMap((receiver, index): Mistake[] => {
        const { name, kind } = receiver;
        const at = (key: string) => ["alerting", "receivers", index, key];
        const { required, optional } = receiverKeys[kind];
        const first = receivers.findIndex((other) => other.name === name);
        const unused = (Object.keys(meanings) as Key[]).filter(
            (key) => receiver[key] !== undefined && ![...required, ...optional].includes(key),
        );
        return [
            ...required.filter((key) => receiver[key] === undefined).map((key) => missing(at(key), key, kind)),
            ...unused.map((key) => ({ path: at(key), message: unusedMessage(key, kind), sentence: true })),
            ...(receiver.secretKey !== undefined && receiver.existingSecret === undefined
                ? [{ path: at("secretKey"), message: "has no effect without existingSecret", sentence: true }]
                : []),
            ...kindMistakes(receiver, at),
            ...(first < index
                ? [
                      {
                          path: ["alerting", "receivers", first],
                          also: ["alerting", "receivers", index],
                          message: `have the same name ${JSON.stringify(name)}; each receiver needs a different name`,
                          sentence: true,
                      },
                  ]
                : []),
        ];
    });
}

function missing(path: Path, key: Key, kind: ReceiverKind): Mistake {
    return { path, message: `is missing; kind "${kind}" needs ${key}: ${meanings[key](kind)}`, sentence: true };
}

function unusedMessage(key: Key, kind: ReceiverKind): string {
    const instead =
        key === "url" && receiverKeys[kind].required.includes("existingSecret")
            ? "put the URL into a Secret and set existingSecret"
            : "remove it";
    return `has no effect with kind "${kind}"; ${instead}`;
}

function kindMistakes(receiver: Receiver, at: (key: string) => Path): Mistake[] {
    const { kind, url, existingSecret, username } = receiver;
    if (kind === "webhook" && (url === undefined) === (existingSecret === undefined)) {
        const message =
            url === undefined
                ? "is missing; a webhook needs its URL, or existingSecret if the URL is confidential"
                : "and existingSecret are both set; remove existingSecret if the URL is not confidential, otherwise remove url";
        return [{ path: at("url"), message, sentence: true }];
    }
    if (kind === "email" && (username === undefined) !== (existingSecret === undefined)) {
        const key = username === undefined ? "username" : "existingSecret";
        const other = username === undefined ? "existingSecret" : "username";
        const message = `is missing; ${other} is set, and a login needs ${key}: ${meanings[key](kind)}`;
        return [{ path: at(key), message, sentence: true }];
    }
    return [];
}
