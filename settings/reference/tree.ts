import type { z } from "zod";
import { Profile } from "../../components/profile";
import { settingsSchema } from "../schema";
import { type SettingText, textOf } from "../schema/setting";

/** A setting with its documentation. */
export interface Setting extends SettingText {
    key: string;
    /** Path from the top, such as "storage.sizes.loki". A list adds "[]". */
    path: string;
    /** "string", "number", "boolean", "map", "list", or the allowed values. */
    kind: string;
    /** TypeScript type of the argument. */
    type: string;
    required: boolean;
    /** The default of each profile; undefined if it is computed or if there is none. */
    defaults: Record<Profile, unknown> | undefined;
    /** Settings inside a map, or inside each entry of a list. */
    children: Setting[];
}

interface Definition {
    type: string;
    innerType?: z.ZodType;
    out?: z.ZodType;
    element?: z.ZodType;
    valueType?: z.ZodType;
    shape?: Record<string, z.ZodType>;
    entries?: Record<string, string>;
    defaultValue?: unknown;
}

const definition = (type: z.ZodType) => type.def as unknown as Definition;

/** All settings, as a tree, read from the schema. */
export function settingsTree(): Setting[] {
    return children(settingsSchema(Profile.Dev), settingsSchema(Profile.Prod), "");
}

/** All settings of a tree as a flat list. */
export function flatten(settings: Setting[]): Setting[] {
    return settings.flatMap((setting) => [setting, ...flatten(setting.children)]);
}

function children(dev: z.ZodType, prod: z.ZodType, path: string): Setting[] {
    const [one, other] = [unwrapped(dev), unwrapped(prod)].map((type) => definition(type).shape ?? {});
    return Object.entries(one ?? {}).map(([key, type]) =>
        read(key, type, other?.[key] ?? type, path === "" ? key : `${path}.${key}`),
    );
}

/** @throws Error that names a setting without documentation. */
function read(key: string, dev: z.ZodType, prod: z.ZodType, path: string): Setting {
    const text = textOf(dev);
    if (text === undefined) {
        throw new Error(`the setting ${path} has no text: declare it with setting() or group()`);
    }
    const [type, other] = [unwrapped(dev), unwrapped(prod)];
    const { element } = definition(type);
    const inside =
        element === undefined
            ? children(type, other, path)
            : children(element, definition(other).element ?? element, `${path}[]`);
    return {
        ...text,
        key,
        path,
        kind: kindOf(type),
        type: text.type ?? text.interface ?? typeOf(type),
        required: !dev.safeParse(undefined).success,
        defaults: defaultsOf(dev, prod),
        children: inside,
    };
}

function defaultsOf(dev: z.ZodType, prod: z.ZodType): Setting["defaults"] {
    const [one, other] = [definition(dev), definition(prod)];
    return one.type === "default" ? { dev: one.defaultValue, prod: other.defaultValue } : undefined;
}

/** The type inside optional, default, nullable and preprocessing wrappers. */
function unwrapped(type: z.ZodType): z.ZodType {
    const { innerType, out } = definition(type);
    const inner = innerType ?? out;
    return inner === undefined ? type : unwrapped(inner);
}

function kindOf(type: z.ZodType): string {
    const { type: name, entries, element, valueType } = definition(type);
    switch (name) {
        case "enum":
            return Object.values(entries ?? {}).join(", ");
        case "array":
            return element === undefined ? "list" : `list of ${plural(kindOf(unwrapped(element)))}`;
        case "record":
            return valueType === undefined ? "map" : `map of ${plural(kindOf(unwrapped(valueType)))}`;
        case "object":
            return "map";
        case "custom":
            return "string, secret";
        case "any":
            return "any value";
        default:
            return name === "int" ? "number" : name;
    }
}

const plural = (kind: string) =>
    kind === "any value" ? "any values" : /^(string|number|boolean|map)$/.test(kind) ? `${kind}s` : kind;

function typeOf(type: z.ZodType): string {
    const { type: name, element, valueType } = definition(type);
    switch (name) {
        case "enum":
            return "string";
        case "array":
            return element === undefined ? "any[]" : `${textOf(element)?.interface ?? typeOf(unwrapped(element))}[]`;
        case "record":
            return `{ [key: string]: ${valueType === undefined ? "any" : typeOf(unwrapped(valueType))} }`;
        case "custom":
            return "pulumi.Input<string>";
        case "int":
            return "number";
        default:
            return name;
    }
}
