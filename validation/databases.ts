import { isLabel, labelForm } from "./names";

/** The databases whose metrics Alloy reads. MariaDB is "mysql", and Valkey is "redis". */
export const databaseKinds = ["postgresql", "mysql", "mongodb", "redis"] as const;
export type DatabaseKind = (typeof databaseKinds)[number];

/** Their names in sentences. */
export const databaseTitles: Record<DatabaseKind, string> = {
    postgresql: "PostgreSQL",
    mysql: "MySQL",
    mongodb: "MongoDB",
    redis: "Redis",
};

/** A database with its address. */
interface Database {
    name: string;
    kind: DatabaseKind;
    address: string;
    existingSecret?: string | undefined;
    usernameKey?: string | undefined;
    passwordKey?: string | undefined;
    database?: string | undefined;
}

/** Something wrong with a database: the path of its key, and a sentence without the key. */
export interface DatabaseMistake {
    path: (string | number)[];
    message: string;
}

/** Valid addresses, for error messages. */
export const addressForm = 'a host and a port such as "shop-db.shop.svc.cluster.local:5432"';

export function isAddress(text: string): boolean {
    return /^(\[[\da-fA-F:]+\]|[a-zA-Z\d][\w.-]*):\d{1,5}$/.test(text);
}

/** Valid keys of a Secret, for error messages. */
export const secretKeyForm = "1 to 253 letters, digits, '-', '_' and '.'";

export function isSecretKey(text: string): boolean {
    return /^[-\w.]{1,253}$/.test(text);
}

/** Valid names of a database in a server, for error messages. */
export const databaseForm = "1 to 63 letters, digits, '-' and '_'";

export function isDatabase(text: string): boolean {
    return /^[-\w]{1,63}$/.test(text);
}

/** The servers of these kinds refuse connections without a login. */
const needsSecret: readonly DatabaseKind[] = ["postgresql", "mysql"];
/** Only these kinds need the name of a database to connect. */
const hasDatabase: readonly DatabaseKind[] = ["postgresql", "mongodb"];

/** The form of single values. The schema of the settings checks them with its own types. */
export function valueMistakes(databases: readonly Database[]): DatabaseMistake[] {
    return databases.flatMap(({ name, kind, address, usernameKey, passwordKey, database }, index) => {
        const checks: [key: string, value: string | undefined, valid: boolean, form: string][] = [
            ["name", name, isLabel(name), labelForm],
            ["kind", kind, databaseKinds.includes(kind), databaseKinds.map((each) => `"${each}"`).join(", ")],
            ["address", address, isAddress(address), addressForm],
            ["usernameKey", usernameKey, isSecretKey(usernameKey ?? ""), secretKeyForm],
            ["passwordKey", passwordKey, isSecretKey(passwordKey ?? ""), secretKeyForm],
            ["database", database, isDatabase(database ?? ""), databaseForm],
        ];
        return checks
            .filter(([, value, valid]) => value !== undefined && !valid)
            .map(([key, value, , form]) => ({
                path: [index, key],
                message: `is ${JSON.stringify(shown(value ?? ""))}; it must be ${form}`,
            }));
    });
}

// The part before "@" can be a password.
function shown(address: string): string {
    return address.replace(/^.*@/, "…@");
}

/** The mistakes in a list of databases: names and addresses that are used twice, and keys that are missing or have no effect. */
export function databaseMistakes(databases: readonly Database[]): DatabaseMistake[] {
    const addressOf = ({ address }: Database) => address.toLowerCase();
    return databases.flatMap((each, index) => {
        const before = databases.slice(0, index);
        const sameName = before.findIndex(({ name }) => name === each.name);
        const sameAddress = before.findIndex((other) => addressOf(other) === addressOf(each));
        const { name, kind, existingSecret, usernameKey, passwordKey, database } = each;
        const found: [key: string, applies: boolean, message: string][] = [
            [
                "name",
                sameName >= 0,
                `is ${JSON.stringify(name)}, and so is that of database ${sameName + 1}; each database needs its own name`,
            ],
            [
                "address",
                sameAddress >= 0,
                `is the same as that of database ${sameAddress + 1}, so that the same metrics would be stored twice; remove one of them`,
            ],
            [
                "existingSecret",
                existingSecret === undefined && needsSecret.includes(kind),
                `is missing; ${databaseTitles[kind]} needs a login. Create a Secret with a user name and a password in the namespace of the stack, and set its name`,
            ],
            [
                "usernameKey",
                existingSecret === undefined && usernameKey !== undefined,
                "has no effect without existingSecret; remove it",
            ],
            [
                "passwordKey",
                existingSecret === undefined && passwordKey !== undefined,
                "has no effect without existingSecret; remove it",
            ],
            [
                "database",
                database !== undefined && !hasDatabase.includes(kind),
                `has no effect, because the metrics of ${databaseTitles[kind]} do not depend on it; remove it`,
            ],
        ];
        return found.filter(([, applies]) => applies).map(([key, , message]) => ({ path: [index, key], message }));
    });
}
