-- What is held on an account, or for it, is told as a JSON integer. Not validated: an account that holds
-- more since before may only have less of it.
ALTER TABLE account
  ADD CONSTRAINT account_holds_fit_a_json_integer
    CHECK (greatest(debits_pending_minor, credits_pending_minor) <= 9007199254740991) NOT VALID;
