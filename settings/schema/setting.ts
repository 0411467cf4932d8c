import { z } from "zod";
import type { Profile } from "../../components/profile";
import { strict } from "./types";

/** The documentation of a setting. The type contains a fixed default; `computed` describes any other default. */
export interface SettingText {
    /** Plain sentences. The first one says what the setting does. */
    description: string;
    /** The default in words, if it is computed from other settings. */
    computed?: string;
    /** A value that a stack may set. */
    example?: unknown;
    /** Other settings that the example needs. For a key in an entry of a list: other keys of the entry. */
    needs?: object;
    /** TypeScript type of the argument, if it differs from the type of the schema. stack/args.ts imports it by this name. */
    type?: string;
    /** Name of the interface that stack/args.ts declares for a map of settings. */
    interface?: string;
    /** Only a stack file has this key; a program passes a provider instead. */
    stackFileOnly?: boolean;
}

const texts = z.registry<SettingText>();

/** Declares a setting: its type with its default, and its documentation. */
export function setting<T extends z.ZodType>(type: T, text: SettingText): T {
    texts.add(type, text);
    return type;
}

/** Declares a map of settings. A stack may leave out the map or any of its keys. */
export function group<T extends z.core.$ZodShape>(shape: T, text: SettingText) {
    return setting(strict(shape).prefault({} as never), text);
}

export function textOf(type: z.ZodType): SettingText | undefined {
    return texts.get(type);
}

/** The value for the profile that a schema is made for. */
export type PerProfile = <T>(values: Record<Profile, T>) => T;
