package redis

// CheckURL tells what is wrong with a URL; the error is Invalid.
func CheckURL(address string) error {
	_, err := parse(address)
	return err
}
