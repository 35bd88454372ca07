package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"edgelabel/ui/auth"
)

// runUser manages the people of one data directory. It works while the agent runs.
func runUser(_ context.Context, w world, args []string) error {
	f := flag.NewFlagSet("user", flag.ContinueOnError)
	dir := f.String("d", "edgelabel-data", "data directory of the agent")
	name := f.String("name", "", "name as people read it; default: the id")
	role := f.String("role", string(auth.Labeler), "labeler, reviewer or admin")
	password := f.String("password-file", "-", "file with the password; - reads one line from standard input")
	f.String("badge-file", "", "set: file with the code that a scanner reads from the person's card; - reads one line from standard input")
	rest, err := parse(f, args, w)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return misused("want add, set, remove or list")
	}
	users := &auth.Users{Dir: *dir, Now: time.Now, Rand: rand.Reader}
	if rest[0] == "list" {
		return listUsers(w, users)
	}
	if len(rest) != 2 {
		return misused("%s wants the id of one person", rest[0])
	}
	id := rest[1]
	switch rest[0] {
	case "add":
		err = addUser(w, users, auth.Account{ID: id, Name: *name, Role: auth.Role(*role)}, *password)
	case "set":
		var edit auth.Edit
		if edit, err = editOf(f, w, *name, *role, *password); err == nil {
			err = users.Set(id, edit)
		}
	case "remove":
		err = users.Remove(id)
	default:
		err = misused("%q: want add, set, remove or list", rest[0])
	}
	if err == nil {
		err = owned(*dir)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "%s: %s\n", id, map[string]string{"add": "added", "set": "changed", "remove": "removed"}[rest[0]])
	return nil
}

func addUser(w world, users *auth.Users, a auth.Account, passwordFile string) error {
	secret, err := readPassword(w, passwordFile)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(users.Dir, 0o700); err != nil {
		return err
	}
	return users.Add(a.ID, a.Name, a.Role, secret)
}

// editOf takes only what was given on the command line.
func editOf(f *flag.FlagSet, w world, name, role, passwordFile string) (auth.Edit, error) {
	var edit auth.Edit
	var err error
	f.Visit(func(given *flag.Flag) {
		switch given.Name {
		case "name":
			edit.Name = &name
		case "role":
			r := auth.Role(role)
			edit.Role = &r
		case "password-file":
			var secret string
			secret, err = readPassword(w, passwordFile)
			edit.Password = &secret
		case "badge-file":
			var code string
			code, err = readPassword(w, given.Value.String())
			edit.Badge = &code
		}
	})
	if err == nil && edit == (auth.Edit{}) {
		err = misused("set wants --name, --role, --password-file or --badge-file")
	}
	return edit, err
}

func readPassword(w world, file string) (string, error) {
	in := os.Stdin
	if file != "-" {
		opened, err := os.Open(file)
		if err != nil {
			return "", fmt.Errorf("password: %w", err)
		}
		defer opened.Close()
		in = opened
	} else {
		fmt.Fprint(w.stderr, "password: ")
	}
	line, err := bufio.NewReader(in).ReadString('\n')
	line = strings.TrimRight(line, "\r\n")
	switch {
	case line != "":
		return line, nil
	case file == "-":
		return "", errors.New("no password came: type it, or name a file with --password-file")
	case err != nil && !errors.Is(err, io.EOF):
		return "", fmt.Errorf("password: %w", err)
	}
	return "", fmt.Errorf("password: %s is empty", file)
}

func listUsers(w world, users *auth.Users) error {
	if _, err := os.Stat(users.Dir); err != nil {
		return fmt.Errorf("data directory: %w", err)
	}
	people, err := users.List()
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(w.stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tNAME\tROLE\tCHANGED")
	for _, a := range people {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", a.ID, a.Name, a.Role, a.Changed.Format(time.DateTime))
	}
	return table.Flush()
}
