import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { ObservabilityStackArgs } from "../stack/args";
import type { settingsSchema } from "../settings/schema";

// Checked by `npm run types` alone: what a stack file may set is what a program may pass, key by key at every depth.

/** The paths of all keys of a type, such as "storage.sizes.loki", also of maps in a list; a map of any keys has none. */
type Keys<T> =
    NonNullable<T> extends infer Map extends object
        ? Map extends readonly (infer Item)[]
            ? Keys<Item>
            : Map extends pulumi.Output<unknown> | PromiseLike<unknown>
              ? never
              : string extends keyof Map
                ? never
                : { [Key in keyof Map & string]: Key | `${Key}.${Keys<Map[Key]>}` }[keyof Map & string]
        : never;

type Settable = Keys<z.input<ReturnType<typeof settingsSchema>>>;
type Passable = Keys<ObservabilityStackArgs>;

/** Only a stack file says which cluster it is for, where a program passes a provider, and what the policy pack requires. */
type OfStackFilesOnly = "kubeContext" | "policy" | `policy.${string}`;

/** Names the keys that only one of two has, in the error of the compiler. */
type None<Missing extends never> = Missing;
export type NotPassable = None<Exclude<Settable, Passable | OfStackFilesOnly>>;
export type NotSettable = None<Exclude<Passable, Settable>>;
