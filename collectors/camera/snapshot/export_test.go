package snapshot

// Respond answers a digest challenge with a given client nonce, as if the camera's nonce were fresh.
func Respond(header, method, uri, user, password, cnonce string) (string, error) {
	c, err := parseChallenges([]string{header})
	if err != nil || c.digest == nil {
		return "", err
	}
	c.used++
	return c.respond(method, uri, user, password, cnonce), nil
}
