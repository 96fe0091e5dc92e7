-- A batch is a command of its own: its items are fixed before the first of them is taken.
ALTER TABLE command
  DROP CONSTRAINT command_operation_is_known,
  ADD CONSTRAINT command_operation_is_known CHECK (operation IN
    ('open-account', 'create-transfer', 'create-transfer-batch', 'capture-transfer',
      'void-transfer', 'freeze-account', 'unfreeze-account', 'close-account', 'reopen-account',
      'allow-overdraft'));
