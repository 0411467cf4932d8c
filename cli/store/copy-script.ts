import { type Backend, backends } from "../../validation/buckets";
import type { StoreAccess } from "./access";

/**
 * What a copy does. "check": finds out whether both stores can be used. "copy": copies new and changed objects. "exact": copies them, and deletes
 * objects of the target that the source does not have.
 */
export type CopyMode = "check" | "copy" | "exact";

/** The places that a copy reads and writes: buckets of an S3 service, or folders with absolute paths. */
export type CopyPlaces = Pick<StoreAccess, "places" | "url" | "pathStyle" | "createBuckets"> | Folders;

/** For each backend, the absolute path of a folder. */
export interface Folders {
    url?: undefined;
    places: Record<Backend, string>;
}

/** Number of objects and bytes at a place. */
export interface Usage {
    objects: number;
    bytes: number;
}

/** A line of the output of the script. */
export type CopyEvent =
    | { event: "progress"; backend: Backend; objects: number }
    | { event: "copied"; backend: Backend; objects: number }
    | { event: "usage"; backend: Backend; side: "from" | "to"; usage: Usage }
    | { event: "failed"; backend: Backend; step: string };

const prefix = "@@ ";

/** Prefixes of the environment variables with the credentials. The backend and ID or KEY follow: FROM_LOKI_ID. */
export type Side = "FROM" | "TO";

/** Name of the environment variable with a credential. */
export function credentialVariable(side: Side, backend: Backend, part: "ID" | "KEY"): string {
    return `${side}_${backend.toUpperCase()}_${part}`;
}

/**
 * A shell script that copies the objects of all backends with mc. It needs mc, a shell and coreutils, which the image of MinIO has; this image
 * has no grep, sed or awk. The credentials are in environment variables, see credentialVariable. Each step can be repeated.
 */
export function copyScript(mode: CopyMode, from: CopyPlaces, to: CopyPlaces): string {
    const lines = backends.map((backend) => {
        const credentials = (side: Side) =>
            (["ID", "KEY"] as const).map((part) => `"\${${credentialVariable(side, backend, part)}:-}"`);
        return [
            "move",
            backend,
            quote(from.url === undefined ? from.places[backend] : `from/${from.places[backend]}`),
            quote(to.url === undefined ? to.places[backend] : `to/${to.places[backend]}`),
            ...credentials("FROM"),
            ...credentials("TO"),
        ].join(" ");
    });
    return [
        "set -u",
        `MODE=${mode}`,
        `FROM_URL=${quote(from.url ?? "")} FROM_PATH=${pathOption(from)}`,
        `TO_URL=${quote(to.url ?? "")} TO_PATH=${pathOption(to)}`,
        `CREATE=${to.url !== undefined && to.createBuckets ? "yes" : ""}`,
        functions,
        ...lines,
        "",
    ].join("\n");
}

function pathOption(places: CopyPlaces): string {
    const pathStyle = places.url === undefined ? undefined : places.pathStyle;
    return pathStyle === undefined ? "auto" : pathStyle ? "on" : "off";
}

function quote(text: string): string {
    return `'${text.replace(/'/g, "'\\''")}'`;
}

const functions = `
say() { printf '${prefix}%s\\n' "$1"; }
fail() { # backend, step
  say "{\\"event\\":\\"failed\\",\\"backend\\":\\"$1\\",\\"step\\":\\"$2\\"}"
  exit 1
}
configure() { # alias, URL (empty for a folder), access key, secret key, path style
  [ -n "$2" ] || return 0
  printf '{"url":"%s","accessKey":"%s","secretKey":"%s","api":"s3v4","path":"%s"}' "$2" "$3" "$4" "$5" | mc alias import "$1" > /dev/null
}
usage() { # backend, side, place
  if ! result=$(mc du --json "$3"); then
    case $result in
      # A prefix without objects does not exist.
      *'is not a folder'*) result='{"size":0,"objects":0}' ;;
      *) echo "$result"; fail "$1" "list the objects of $3" ;;
    esac
  fi
  say "{\\"event\\":\\"usage\\",\\"backend\\":\\"$1\\",\\"side\\":\\"$2\\",\\"usage\\":$result}"
}
probe() { # backend, place: a new prefix must be writable
  echo probe | mc pipe --json "$2/observability-copy-probe" || fail "$1" "write to $2"
  mc rm --json "$2/observability-copy-probe" || fail "$1" "delete from $2"
}
copy() { # backend, source, target
  options='--overwrite'
  [ "$MODE" != exact ] || options='--overwrite --remove'
  { mc mirror --json --retry $options "$2" "$3" 2>&1; echo $? > "$STATUS"; } | {
    copied=0
    while IFS= read -r line; do
      case $line in
        *'"status":"error"'*) echo "$line" ;;
        *'"source":"'*)
          copied=$((copied + 1))
          [ $((copied % 200)) -ne 0 ] || say "{\\"event\\":\\"progress\\",\\"backend\\":\\"$1\\",\\"objects\\":$copied}"
          ;;
      esac
    done
    say "{\\"event\\":\\"copied\\",\\"backend\\":\\"$1\\",\\"objects\\":$copied}"
  }
  [ "$(cat "$STATUS")" -eq 0 ] || fail "$1" "copy $2"
}
move() { # backend, source, target, source access key and secret key, target access key and secret key
  configure from "$FROM_URL" "$4" "$5" "$FROM_PATH"
  configure to "$TO_URL" "$6" "$7" "$TO_PATH"
  [ -z "$CREATE" ] || mc mb --json --ignore-existing "$3" || fail "$1" "create $3"
  if [ "$MODE" = check ]; then
    usage "$1" from "$2"
    probe "$1" "$3"
  else
    copy "$1" "$2" "$3"
    usage "$1" from "$2"
  fi
  usage "$1" to "$3"
}
STATUS=$MC_CONFIG_DIR/status`;

/** The events in the output of the script. Other lines are ignored, also an incomplete last line. */
export function parseEvents(output: string): CopyEvent[] {
    return output.split("\n").flatMap((line): CopyEvent[] => {
        const json = line.startsWith(prefix) ? parse(line.slice(prefix.length)) : undefined;
        if (json === undefined) {
            return [];
        }
        // mc reports the bytes as size.
        const { size, objects } = json.usage ?? {};
        return [json.event === "usage" ? { ...json, usage: { objects: objects ?? 0, bytes: size ?? 0 } } : json];
    });
}

function parse(text: string): any {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

/** The error messages of mc in the output of the script, each once, at most five. */
export function errorsIn(output: string): string[] {
    const messages = output.split("\n").flatMap((line) => {
        const json = line.startsWith("{") ? parse(line) : undefined;
        const { message, cause } = json?.error ?? {};
        return typeof message === "string" ? [[message, cause?.message].filter(Boolean).join(": ")] : [];
    });
    return [...new Set(messages)].slice(0, 5);
}
