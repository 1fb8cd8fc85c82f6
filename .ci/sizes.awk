# Warns for C# files over 500 lines and functions over 60. Relies on the house's layout: types stand at the margin or
# at four spaces, members four further in, and a body's braces stand alone on their lines.

function report(what, lines, limit) {
    if (lines > limit)
        printf "warning: %s: %s has %d lines, more than %d\n", path, what, lines, limit
}

function finish_file() {
    if (path != "")
        report("the file", count, 500)
}

FNR == 1 {
    finish_file()
    path = FILENAME
    header = ""
    nested_type = 0
}

{ count = FNR }

/^(    |        )\{$/ {
    depth = index($0, "{") - 1
    is_type = header ~ /(^| )(class|struct|interface|enum|record) /
    if (depth == 4)
        nested_type = is_type
    if (depth == 4 || nested_type) {
        start[depth] = is_type ? 0 : FNR
        name[depth] = header
    }
    header = ""
    next
}

/^(    |        )\}[;,)]*$/ {
    depth = index($0, "}") - 1
    if (start[depth] > 0) {
        sub(/\(.*/, "", name[depth])
        sub(/.* /, "", name[depth])
        report("function " name[depth], FNR - start[depth] - 1, 60)
    }
    start[depth] = 0
    header = ""
    next
}

# What stands before a body: its declaration, without comments and attributes.
/^ *(\/\/|\[|$)/ { next }
/[;}]$/ { header = ""; next }
{ header = header == "" ? $0 : header $0 }

END { finish_file() }
