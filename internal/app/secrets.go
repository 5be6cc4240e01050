package app

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/config"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/storage"
)

// secretBytes is the length of the installation's secret.
const secretBytes = 32

func secretFile(dir string) string { return filepath.Join(dir, "secret") }

// loadSecret reads the installation's secret, which keys the ids made of e-mail addresses and the like. It is a setting, or the
// content of a file that a setting names, or that of a file in the data folder, which the first start makes.
func loadSecret(s *config.Settings) ([]byte, error) {
	if s.Secret != "" {
		return hex.DecodeString(s.Secret)
	}
	if s.SecretFile != "" { // who may read it is up to those who put it there
		return readSecret(s.SecretFile)
	}
	if err := prepareData(s.Data); err != nil {
		return nil, err
	}
	name := secretFile(s.Data)
	if err := checkSecretMode(name); err != nil {
		return nil, err
	}
	secret, err := readSecret(name)
	if errors.Is(err, fs.ErrNotExist) {
		return makeSecret(name, s)
	}
	return secret, err
}

func readSecret(name string) ([]byte, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read the secret of the installation: %w", err)
	}
	secret, err := hex.DecodeString(string(bytes.TrimSpace(content)))
	if err != nil || len(secret) != secretBytes {
		return nil, fmt.Errorf("secret file %s is damaged (it must hold %d hexadecimal digits): restore it from a backup", name, 2*secretBytes)
	}
	return secret, nil
}

// checkSecretMode refuses a secret that other users of the machine can read. A missing file is fine.
func checkSecretMode(name string) error {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) || runtime.GOOS == "windows" { // permissions are no bits there
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the secret of the installation: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Errorf("secret file %s can be read by others (mode %04o): run `chmod 600 %s`", name, mode, name)
	}
	return nil
}

func makeSecret(name string, s *config.Settings) ([]byte, error) {
	for _, data := range []string{s.RecordsDir(), s.ConfigFile()} {
		if _, err := os.Stat(data); err == nil {
			return nil, fmt.Errorf("secret file %s is missing although there is data in %s: restore it from a backup. Known visitors are not "+
				"recognised with another one; if it is lost, `(umask 077; openssl rand -hex %d >%s)` makes a new one", name, data, secretBytes, name)
		}
	}
	secret := make([]byte, secretBytes)
	rand.Read(secret) // never fails
	if err := writePrivate(name, hex.AppendEncode(nil, secret)); err != nil {
		return nil, fmt.Errorf("keep the secret of the installation: %w", err)
	}
	return secret, nil
}

// writePrivate makes a file that only its owner can read. It is there whole or not at all, also after a crash.
func writePrivate(name string, content []byte) (err error) {
	file, err := os.CreateTemp(filepath.Dir(name), ".new-*") // has mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	if _, err = file.Write(append(content, '\n')); err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), name)
}

// installation is what the configuration remembers of the installation's secret: enough to tell it from another one.
type installation struct {
	Check string `json:"check"`
}

// checkSecret refuses a secret other than that with which the configuration was begun: known visitors would be strangers, and
// credentials could not be read.
func checkSecret(ctx context.Context, store storage.Config, secret []byte) error {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("the secret of this installation")) // never fails
	mine := hex.EncodeToString(mac.Sum(nil))
	kind := workspace.NewKind[installation](store, "installation")
	stored, err := kind.Get(ctx, tracardi.DefaultTenant, "secret")
	if tracardi.KindOf(err) == tracardi.NotFound {
		stored.ID, stored.Name, stored.Value.Check = "secret", "check value of the secret", mine
		if stored, err = kind.Put(ctx, tracardi.DefaultTenant, stored); tracardi.KindOf(err) == tracardi.Conflict {
			stored, err = kind.Get(ctx, tracardi.DefaultTenant, "secret") // another process was faster
		}
	}
	if err != nil {
		return err
	}
	if !hmac.Equal([]byte(stored.Value.Check), []byte(mine)) {
		return tracardi.Errorf(tracardi.Invalid, "the secret is not the one with which this installation began: all processes need the "+
			"same, in TRACARDI_SECRET, in the file of secret-file or in the data folder; restore it from a backup")
	}
	return nil
}
