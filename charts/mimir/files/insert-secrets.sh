# Writes the Alertmanager configuration with the Secrets of its receivers in it, because Mimir refuses a configuration that refers to files.
# Arguments: the configuration, the folder of the Secrets, and the file to write. A changed Secret is read again after at most 30 s.
set -u
source=$1 directory=$2 target=$3
trap 'exit 0' TERM INT
last=
while :; do
    if ! problems=$(LC_ALL=C awk -v directory="$directory/" '
        function contentOf(file,    line, content) {
            while ((getline line < file) > 0) content = content line "\n"
            close(file)
            gsub(/^[ \t\r\n]+|[ \t\r\n]+$/, "", content)
            return content
        }
        function isUrl(value) {
            return value ~ /^https?:\/\/([A-Za-z0-9._~:!$&()*+,;=%-]*@)?([A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?([\/?#][!-~]*)?$/ &&
                value !~ /%([^0-9A-Fa-f]|.[^0-9A-Fa-f]|.?$)/
        }
        # One receiver that Mimir cannot parse would make the configuration of all receivers invalid. The domain .invalid never exists.
        function valueOf(key, file,    value, problem) {
            value = contentOf(file)
            if (value == "") problem = "is missing or empty"
            else if (value !~ /^[\t\n -~]*$/) problem = "contains a character that is not printable ASCII"
            else if (key ~ /url$/ && !isUrl(value)) problem = "is not an http or https URL"
            else return value
            print file " " problem "; its receiver sends no notifications." > "/dev/stderr"
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
    elif ! cmp -s "$target.new" "$target" || [ "$problems" != "$last" ]; then
        mv "$target.new" "$target"
        echo "The configuration was written. $problems"
        last=$problems
    fi
    # A trap runs only after the current command, except after wait.
    sleep 30 &
    wait $!
done
