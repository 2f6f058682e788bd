"""What staff are told: rows behind the bell, mails, the browser's own notices; each by the person's choices."""
