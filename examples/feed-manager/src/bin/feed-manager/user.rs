//! The commands on users.

use crate::Failure;
use crate::arguments::User;
use feed_manager::server::provide_inboxes;
use feed_manager::store::{Database, StoreError, Token, UserName, collections, origin, users};
use std::io::Write as _;

/// Does what a command on users says.
pub(crate) async fn manage(command: User) -> Result<(), Failure> {
    match command {
        User::Add { name, title, database } => {
            let name = UserName::parse(&name)?;
            let token = Token::random()?;
            let (stored, new) = (token.clone(), name.clone());
            let database = Database::open(&database.database)?;
            let added = database.write(move |connection| {
                let title = title.unwrap_or_else(|| new.to_string());
                let user = users::add(connection, &new, &title)?;
                users::add_token(connection, &user, &stored)?;
                // Before the first start of the server, it is the server that makes the inbox.
                match origin(connection)? {
                    Some(origin) => provide_inboxes(connection, &origin),
                    None => Ok(()),
                }
            });
            match added.await {
                Err(StoreError::Taken) => return Err(format!("there is a user {name}").into()),
                added => added?,
            }
            eprint(&format!("added {name}, with this token, which is not shown again:"))?;
            print(token.secret())
        }
        User::Token { name, database } => {
            let token = Token::random()?;
            let stored = token.clone();
            let number = change(&database.database, name, move |connection, user| {
                users::add_token(connection, user, &stored)
            });
            eprint(&format!("token number {}, which is not shown again:", number.await?))?;
            print(token.secret())
        }
        User::List { database } => {
            let database = existing(&database.database)?;
            for user in database.read(users::list).await? {
                let tokens: Vec<_> = user
                    .tokens
                    .iter()
                    .map(|(number, created)| format!("{number} of {}", created.format("%Y-%m-%d")))
                    .collect();
                let tokens = if tokens.is_empty() { "none".to_owned() } else { tokens.join(", ") };
                print(&format!(
                    "{} ({}): {} collections, tokens: {tokens}",
                    user.name, user.title, user.collections
                ))?;
            }
            Ok(())
        }
        User::Revoke { name, number, database } => {
            let owner = name.clone();
            let revoked = change(&database.database, owner, move |connection, user| {
                users::revoke(connection, user, number)
            });
            match (revoked.await?, number) {
                (0, Some(number)) => Err(format!("{name} has no token of number {number}").into()),
                (revoked, _) => eprint(&format!("tokens revoked: {revoked}")),
            }
        }
        User::Remove { name, database } => {
            let gone = change(&database.database, name.clone(), |connection, user| {
                collections::delete_all(connection, user)
            });
            gone.await?;
            // A server that runs writes in between.
            let opened = existing(&database.database)?;
            while opened.write(collections::remove_piece).await? {}
            let removed = change(&database.database, name, |connection, user| {
                users::remove(connection, user.name())
            });
            removed.await.map(drop)
        }
    }
}

/// Opens a database that exists: only what adds a user, or serves, creates one.
fn existing(path: &std::path::Path) -> Result<Database, Failure> {
    if !path.try_exists()? {
        return Err(format!("there is no database {}", path.display()).into());
    }
    Ok(Database::open(path)?)
}

/// Changes something of a user who exists.
async fn change<T: Send + 'static>(
    path: &std::path::Path,
    name: String,
    work: impl FnOnce(&rusqlite::Connection, &users::User) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, Failure> {
    let wanted = name.clone();
    let database = existing(path)?;
    let changed = database.write(move |connection| {
        let user = users::by_name(connection, &wanted)?.ok_or(StoreError::Missing)?;
        work(connection, &user)
    });
    match changed.await {
        Err(StoreError::Missing) => Err(format!("there is no user {name}").into()),
        changed => Ok(changed?),
    }
}

fn print(line: &str) -> Result<(), Failure> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

fn eprint(line: &str) -> Result<(), Failure> {
    Ok(writeln!(std::io::stderr(), "{line}")?)
}
