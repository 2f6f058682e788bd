"""Reading a mail that came in: bytes to what a person wrote. Pure: no database, no models, no network.

``parser.parse(raw)``
    → ``parsed.Parsed``. Never raises; bounded by ``limits``. What was broken or left out stands in ``notes``.
``classes.classify(parsed)``
    → ``classes.Class``. Only MESSAGE may open or move a ticket, or be answered.
``bounces.bounced_address(parsed)``, ``permanence(parsed)``, ``returned_message_ids(parsed)``
    whom and which mail a bounce is about.
``visible.visible_text(body)``, ``visible.split(body)``, ``Parsed.visible_text``
    → the writer's own words without quotations, signatures and disclaimers; more where unsure, never nothing.

Attachments are what the sender claims: ``attachments.gate.inspect(content, name)`` judges them, as with uploads.
"""
