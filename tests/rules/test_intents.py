"""What people mean who write to us without a form: many wordings, in the languages of our applicants."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.intents import courteous, intent_of, proper
from rules.quotation import newest

WITHDRAWAL = """\
Просимо відкликати нашу заявку.
Відкликаємо заявку КЗ-2023-014 у зв'язку зі зміною обставин
На жаль, ми не зможемо взяти участь у Мережі.
Відмовляємось від участі
Доброго дня! Громада відмовляється від участі у навчанні.
прошу зняти з розгляду заявку громади
Прошу не розглядати нашу заявку
Просимо вважати заявку недійсною
Прошу анулювати заявку
Повідомляємо про відмову від участі
Участі брати не будемо
Громада не братиме участі в проєкті.
Вилучіть нас, будь ласка, зі списку.
Не підтверджуємо участь
Дякуємо за запрошення, але участь громади неможлива
Отзываем заявку
Просим снять нашу заявку с рассмотрения
К сожалению, не сможем принять участие
Мы отказываемся от участия
We withdraw our application.
We would like to withdraw.
Please cancel our application
Unfortunately we will not be able to take part
We are no longer able to participate.
Оттегляме заявката си
Отказваме се от участие
За съжаление няма да участваме
Моля, анулирайте заявката ни.
Чи можна відкликати заявку?
На жаль, змушені відмовитися від участі, бо фахівчиня звільнилася
У зв'язку з мобілізацією учасника громада участі не братиме
Передумали, участі не буде
Прошу виключити громаду з переліку учасників.
Повідомляємо, що Олевська громада знімає свою заявку з конкурсу
Вимушені скасувати участь у навчанні.
Ми не плануємо брати участь
Громада не має можливості взяти участь через брак кадрів
Просимо припинити розгляд нашої заявки
Заявку, надіслану 7 березня, просимо відкликати
Не підтверджуємо. Фахівець звільнився.
На жалость, отказываемся
Просим аннулировать заявку
К сожалению, наша громада не сможет участвовать
Желаем да оттеглим заявлението си
Не можем да участваме
We have decided not to take part.
Please remove our application from the list.
""".splitlines()

QUESTION = """\
Чи можна замінити учасника?
Підкажіть будь ласка коли буде результат
Доброго дня. Чи отримали ви нашу заявку
Скажіть, чи потрібен підпис голови
Маємо запитання щодо форми
Цікавить, чи буде запис занять
Просимо уточнити дату початку
Коли буде відомо результат?
Як правильно заповнити п. 4.4?
А якщо другий учасник у відпустці?
Дякуємо! А до якого числа чекати відповіді?
Подскажите, пожалуйста, можно ли изменить участника
Есть вопрос по форме
Можно ли подать позже?
Could you tell us when the results are due?
Can we replace a participant
Please let us know if everything is fine
Дали може да сменим участник
Имаме въпрос относно формуляра
Може ли да участват трима?
Хотіли б дізнатися, коли розпочнеться навчання
Який формат занять?
Уточніть, чи це безкоштовно
Перепрошую, а хто саме підписує форму?
Просимо повідомити, чи зареєстровано нашу заявку
Роз'ясніть, будь ласка, пункт 4.4
Роз’ясніть, будь ласка, пункт 4.4
Уточніть, будь ласка, дату; чи можна онлайн
Виникло питання щодо другого учасника
Скажите, пожалуйста, нужна ли печать
Когда будут результаты?
Кога ще бъдат обявени резултатите?
Would you please confirm receipt of our form?
Where can we find the schedule?
Do we need a stamp?
""".splitlines()

CONFIRMATION = """\
Підтверджуємо
Підтверджуємо участь
Підтверджую участь нашої громади у Мережі.
Доброго дня! Підтверджуємо свою участь. Дякуємо за довіру!
Участь підтверджуємо
Так, підтверджуємо.
Олевська громада підтверджує участь у навчанні
Подтверждаем участие
Мы подтверждаем
We confirm our participation.
Confirmed
Потвърждаваме участието си
Потвърждаваме
Участь громади підтверджено
Братимемо участь
Підтверджую
Так! Підтверджуємо участь!
Шановні колеги, підтверджуємо участь Олевської громади в навчанні. З повагою, Олена
Участь у Мережі підтверджуємо, дякуємо!
Подтверждаю участие
Потвърждавам участие
We are happy to confirm our participation
""".splitlines()

THANKS = """\
Дякуємо!
Дякую, отримали
Спасибі
Лист отримано, дякуємо за інформацію
Добре, дякую
Ок
Зрозуміло, дякуємо за швидку відповідь
Дякую, виправимо
Дякуємо за нагадування, надішлемо завтра
Спасибо, получили
Thank you!
Received, thanks
Noted with thanks
Благодаря
Благодарим ви, получихме писмото
Гарного дня!
👍
Дуже дякуємо за оперативну відповідь! Мирного неба!
Слава Україні! Дякуємо!
Все зрозуміло, дякуємо, чекаємо на зустріч
Дякую)
Щиро дякуємо
Прийнято, дякую
Дякуємо за лист, усе отримали
Добре, доповнимо завтра
Дякую, гарних вихідних!
Хорошо, спасибо
Благодаря, получих
Thanks a lot
Many thanks, received
Підтверджуємо отримання листа
:)
""".splitlines()

STATEMENT = """\
Прошу підтвердити отримання листа
Просимо підтвердити отримання.
Моля, потвърдете получаването
Дякуємо, але форму ми вже надсилали
Не отримали листа
Заміна учасника: Коваль Іван
Просимо замінити другого учасника
Надсилаємо ще раз
телефон: 067 123 45 67
Олевська громада, Житомирська область
Ми надіслали заявку вчасно, але не було світла
Відділ культури
Ми не отримали відповіді
Фахівець звільнився
Голова громади змінився
Підтверджуємо участь, але замість Бондаря буде Коваль Іван
Підтверджуємо участь. Учасників змінено.
Мій номер змінився
Прошу внести зміни
Форму підписав заступник
Ми ще думаємо
Не зрозуміло
Доброго дня, надсилаємо вам рахунок
""".splitlines()


@pytest.mark.parametrize("text", WITHDRAWAL)
def test_who_wants_out_is_understood(text: str) -> None:
    assert intent_of(proper(newest(text)))[0] == "withdrawal"


@pytest.mark.parametrize("text", QUESTION)
def test_a_question_is_understood(text: str) -> None:
    assert intent_of(proper(newest(text)))[0] == "question"


@pytest.mark.parametrize("text", CONFIRMATION)
def test_a_confirmation_is_understood(text: str) -> None:
    assert intent_of(proper(newest(text)))[0] == "confirmation"


@pytest.mark.parametrize("text", THANKS)
def test_courtesy_asks_for_nothing(text: str) -> None:
    assert intent_of(proper(newest(text))) == ("thanks", "")


@pytest.mark.parametrize("text", STATEMENT)
def test_anything_else_said_is_a_statement(text: str) -> None:
    assert intent_of(proper(newest(text)))[0] == "statement"


def test_of_several_intents_the_gravest_counts() -> None:
    text = "Дякуємо! Підтверджуємо участь. А коли старт? Хоча ні, відмовляємось від участі."
    assert intent_of(proper(text)) == ("withdrawal", "Хоча ні, відмовляємось від участі.")
    assert intent_of(proper(text.rpartition("Хоча")[0])) == ("question", "А коли старт?")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Доброго дня, Олено! Дякую", "Дякую"),
        ("Добрий день просимо відкликати заявку", "просимо відкликати заявку"),
        ("Доброго дня, телефон: 067", "телефон: 067"),
        ("Шановна пані Олено Петренко,\nце ми.\n\nЗ повагою\nОлена, тел. 067 111 22 33", "це ми."),
        ("Це ми. З повагою, Олена Петренко", "Це ми."),
        ("Це ми.\n\nОлена Петренко\nначальниця відділу\nтел. 067 111 22 33", "Це ми."),
        ("Учасник 2:\n\nОлена Петренко\n067 111 22 33", "Учасник 2:\n\nОлена Петренко\n067 111 22 33"),
        ("Це ми.\nНадіслано з мого iPhone", "Це ми."),
        ("Hello,\nit is us.\n\nBest regards,\nOlena", "it is us."),
        ("Уважаеми колеги,\nние сме.\n\nС уважение,\nМария", "ние сме."),
    ],
)
def test_greeting_closing_and_signature_are_not_what_is_said(text: str, said: str) -> None:
    assert proper(text) == said


def test_question_marks_that_stand_for_lost_letters_ask_nothing() -> None:
    assert intent_of("??????? ????? ?? ???????")[0] == "statement"


@settings(max_examples=300 if "CI" in os.environ else 40, deadline=None)
@given(st.text(max_size=400))
def test_any_text_has_an_intent_and_nothing_unknown_is_courtesy(text: str) -> None:
    intent, sentence = intent_of(proper(text))
    assert len(sentence) <= 200
    if intent == "thanks":
        assert courteous(proper(text))


@pytest.mark.parametrize(
    "piece", ["не ", "Доброго дня, ", "чи ", "> ", "підтверджуємо ", "а?", "\n", "відмов", "З повагою "]
)
def test_hostile_repetition_is_read_all_the_same(piece: str) -> None:
    assert intent_of(proper(newest(piece * 20_000)))
