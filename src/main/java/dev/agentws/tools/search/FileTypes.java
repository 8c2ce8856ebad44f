package dev.agentws.tools.search;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The names of file types that Grep knows, each with the patterns of its file names. */
final class FileTypes {
    /** One type a line, with the patterns of its file names. */
    private static final String ROWS = """
            asm *.asm *.s *.S
            c *.c *.h
            clojure *.clj *.cljc *.cljs *.edn
            cmake CMakeLists.txt *.cmake
            config *.cfg *.conf *.config *.ini
            cpp *.cc *.cpp *.cxx *.c++ *.h *.hh *.hpp *.hxx *.inl
            cs *.cs
            css *.css *.scss *.sass *.less
            csv *.csv
            cuda *.cu *.cuh
            dart *.dart
            docker Dockerfile Dockerfile.* *.dockerfile
            elixir *.ex *.exs *.eex *.heex *.leex
            elm *.elm
            erlang *.erl *.hrl
            fsharp *.fs *.fsi *.fsx
            go *.go
            gradle *.gradle *.gradle.kts
            graphql *.graphql *.gql *.graphqls
            groovy *.groovy *.gradle
            haskell *.hs *.lhs
            html *.html *.htm *.xhtml
            java *.java *.jsp *.jspx *.properties
            js *.js *.jsx *.mjs *.cjs *.vue
            json *.json *.jsonl *.json5
            julia *.jl
            kotlin *.kt *.kts
            lisp *.el *.lisp *.lsp *.scm *.rkt
            log *.log
            lua *.lua
            make Makefile makefile GNUmakefile *.mk *.mak
            markdown *.md *.markdown *.mdx
            md *.md *.markdown *.mdx
            nim *.nim
            nix *.nix
            objc *.m *.h
            ocaml *.ml *.mli
            perl *.pl *.pm *.t
            php *.php *.phtml
            protobuf *.proto
            ps *.ps1 *.psm1 *.psd1
            py *.py *.pyi
            python *.py *.pyi
            r *.R *.r *.Rmd
            rst *.rst
            ruby *.rb *.erb *.rake Gemfile Rakefile *.gemspec
            rust *.rs
            scala *.scala *.sbt *.sc
            sh *.sh *.bash *.zsh *.ksh .bashrc .profile .zshrc
            sql *.sql
            svelte *.svelte
            swift *.swift
            terraform *.tf *.tfvars *.hcl
            tex *.tex *.sty *.cls *.bib
            toml *.toml
            ts *.ts *.tsx *.mts *.cts
            txt *.txt
            typescript *.ts *.tsx *.mts *.cts
            vue *.vue
            xml *.xml *.xsd *.xsl *.xslt *.svg *.pom
            yaml *.yaml *.yml
            zig *.zig
            """;

    private static final Map<String, List<String>> TYPES = table();

    private FileTypes() {}

    static @Nullable List<String> globs(String type) {
        return TYPES.get(type);
    }

    static String names() {
        return String.join(", ", TYPES.keySet());
    }

    private static Map<String, List<String>> table() {
        Map<String, List<String>> types = new TreeMap<>();
        ROWS.lines().forEach(row -> {
            List<String> words = List.of(row.split(" ", -1));
            types.put(words.get(0), words.subList(1, words.size()));
        });
        return types;
    }
}
