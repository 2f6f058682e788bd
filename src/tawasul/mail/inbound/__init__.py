"""Reading a mail that came in: bytes to what a person wrote. Pure: no database, no models, no network.

``parser.parse(raw)`` → ``parsed.Parsed``; ``classes.classify(parsed)`` → what kind of mail it is;
``visible.visible_text(body)`` → the writer's own words without quotes, signatures and disclaimers.
"""
