# Writes the Alertmanager configuration with the Secrets of its receivers in it, because Mimir refuses a configuration that refers to files.
# Arguments: the configuration, the folder of the Secrets, and the file to write. A changed Secret is read again after at most 30 s.
set -u
source=$1 directory=$2 target=$3
trap 'exit 0' TERM INT
while :; do
    if ! problems=$(awk -v directory="$directory/" '
        function contentOf(file,    line, content) {
            while ((getline line < file) > 0) content = content line "\n"
            close(file)
            gsub(/^[ \t\r\n]+|[ \t\r\n]+$/, "", content)
            return content
        }
        function isUrl(value) {
            return value ~ /^https?:\/\/([^\/?#@[:space:]]*@)?([^]\/?#:@[[:space:]]+|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?([\/?#][^[:space:]]*)?$/ &&
                value !~ /%([^0-9A-Fa-f]|.[^0-9A-Fa-f]|.?$)/
        }
        # One receiver that Mimir cannot parse would make the configuration of all receivers invalid. The domain .invalid never exists.
        function valueOf(key, file,    value) {
            value = contentOf(file)
            if (value != "" && (key !~ /url$/ || isUrl(value))) return value
            print file (value == "" ? " is missing or empty" : " is not an http or https URL") "; its receiver sends no notifications." > "/dev/stderr"
            return key ~ /url$/ ? "http://secret-is-missing.invalid/" : "secret-is-missing"
        }
        function quoted(value,    i, char, text) {
            for (i = 1; i <= length(value); i++) {
                char = substr(value, i, 1)
                text = text (char == "\n" ? "\\n" : char == "\t" ? "\\t" : char == "\"" || char == "\\" ? "\\" char : char)
            }
            return "\"" text "\""
        }
        match($0, /^[ -]*[a-z_]+_file: /) && index(substr($0, RLENGTH + 1), directory) == 1 {
            file = substr($0, RLENGTH + 1)
            key = substr($0, 1, RLENGTH - length("_file: "))
            print key ": " quoted(valueOf(key, file))
            next
        }
        { print }
    ' "$source" 2>&1 > "$target.new"); then
        echo "The configuration was not written. $problems"
    # Mimir reads only files that end with .yaml.
    elif ! cmp -s "$target.new" "$target"; then
        mv "$target.new" "$target"
        echo "The configuration was written. $problems"
    fi
    # A trap runs only after the current command, except after wait.
    sleep 30 &
    wait $!
done
